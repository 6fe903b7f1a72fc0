/**
 * Records the scene that the pictures are taken of (scene.jsonl), in the real guest: `npx tsx e2e/web/record-scene.ts`.
 * PIDs and times are another run's each time, so record only when a picture has to show what the scene lacks, and update
 * the baselines with it.
 */
import { createSnapshotSender } from "../../lib/machine/snapshot-transfer.ts";
import type { KernelEvent } from "../../lib/protocol/kernel-event.ts";
import type { MachineNotice, TerminalId } from "../../lib/protocol/machine.ts";
import type { WorkerMessage } from "../../lib/protocol/snapshot-delta.ts";
import { guestImageDir } from "../../scripts/guest-image-dir.ts";
import { bootGuest, type Guest } from "../guest/guest.ts";
import { writeScene } from "./scene.ts";

type SnapshotNotice = Extract<MachineNotice, { type: "snapshot" }>;

const WATCH_HZ = 12;
/** Wider than any line that is typed: the shell would break it where the recording's window ends. */
const COLUMNS = 100;
const ROWS = 40;
/** Of the many moments that a machine tells, one every two seconds of guest time is kept, and with it the events of all between. */
const MOMENT_NS = 2e9;
/** One that the page draws as it stands: what the kernel kills is struck through where it was. */
const KEEPS_BEFORE: ReadonlySet<KernelEvent["kind"]> = new Set(["oom-kill"]);

const ACTS: readonly (readonly [TerminalId, string])[] = [
  ["hvc0", "docker network create back"],
  ["hvc0", "docker run -d --name db --network back -p 8080:80 debian sleep 600"],
  ["hvc0", "docker run -d --name web -m 30M --pids-limit 64 --hostname web busybox sleep 600"],
  ["hvc0", "docker run -d --name spin --cpus 0.2 busybox md5sum /dev/zero"],
  ["hvc0", "docker exec db sh -c 'echo hello >> /etc/passwd; rm /etc/issue'"],
  ["hvc0", "docker exec db sh -c 'mkdir /home/web; echo made > /home/web/page'"],
  ["hvc0", "docker exec web ping -c 2 172.17.0.1"],
  ["hvc2", "sudo unshare --pid --fork --mount-proc bash"],
  ["hvc2", "ps -ef"],
  ["hvc0", "docker ps --format '{{.Names}}\\t{{.Image}}'"],
  ["hvc0", "docker exec web dd if=/dev/zero of=/dev/shm/a bs=1M count=26"],
  ["hvc0", "docker exec web tail /dev/zero"],
];
/** Shell integration's mark that a prompt begins. */
const PROMPT = /\]133;A/;

async function perform(guest: Guest): Promise<void> {
  for (const terminal of ["hvc0", "hvc2"] as const)
    guest.machine.handle({ type: "resize", terminal, columns: COLUMNS, rows: ROWS });
  await guest.out("true");
  for (const [terminal, line] of ACTS) {
    const back = guest.untilScreen(terminal, PROMPT);
    guest.type(terminal, `${line}\r`);
    await back;
  }
}

/** What a worker would have posted; times that differ without meaning are left out. */
function condensed(notices: readonly MachineNotice[]): readonly WorkerMessage[] {
  const send = createSnapshotSender();
  const messages: WorkerMessage[] = [];
  let events: KernelEvent[] = [];
  let keptNs = Number.NEGATIVE_INFINITY;
  const snapshots = notices.filter((notice) => notice.type === "snapshot");
  const next = new Map(snapshots.map((notice, at) => [notice, snapshots[at + 1]]));
  const wanted = ({ snapshot }: SnapshotNotice, after: SnapshotNotice | undefined): boolean =>
    !after || snapshot.guestTimeNs - keptNs >= MOMENT_NS || after.events.some(({ kind }) => KEEPS_BEFORE.has(kind));
  for (const notice of notices) {
    if (notice.type === "kernel-log" || notice.type === "step") messages.push(notice);
    if (notice.type !== "snapshot") continue;
    events.push(...notice.events);
    if (!wanted(notice, next.get(notice))) continue;
    messages.push({ ...send({ ...notice, events }), wallMs: 0 });
    events = [];
    keptNs = notice.snapshot.guestTimeNs;
  }
  return messages;
}

process.env.GLASSBOX_IMAGE = await guestImageDir();
const guest = await bootGuest({ jit: "governed", watchHz: WATCH_HZ });
try {
  await perform(guest);
  const output = (terminal: TerminalId): WorkerMessage => ({
    type: "output",
    terminal,
    data: new TextEncoder().encode(guest.screen(terminal)),
  });
  const list: WorkerMessage = {
    type: "answer",
    id: 0,
    answer: { id: 0, ok: true, result: await guest.ask("list", {}) },
  };
  const messages = [list, output("hvc0"), output("hvc2"), ...condensed(guest.notices)];
  const moments = messages.filter(({ type }) => type === "snapshot-delta").length;
  const bytes = writeScene(messages);
  process.stdout.write(`scene.jsonl: ${moments} moments, ${(bytes / 1e3).toFixed(0)} kB\n`);
} finally {
  await guest.end();
}
