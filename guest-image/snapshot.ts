/**
 * Boots the assembled image in v86 under Node, lets it settle and saves it.
 *
 * Order matters: terminals and agent first; then what booting alone needed is dropped from the caches; then all that
 * the first minute needs is run once and stays. Read-ahead is off until then, so that only pages that were touched are
 * kept. The kernel zeroes what it frees (init_on_free=1), and zero pages cost nothing in the compressed state. What the
 * terminals show at the end goes into the manifest, as a v86 state holds no terminal contents.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createAgentClient } from "../lib/machine/agent-client.ts";
import { deviceOptions, filesystemOptions, KERNEL_CMDLINE } from "../lib/machine/devices.ts";
import { createEmulator } from "../lib/machine/emulator.ts";
import { nodeHost } from "../lib/machine/node-host.ts";
import { askAgent } from "../lib/machine/session.ts";
import { AGENT_VERSION } from "../lib/protocol/agent.ts";
import { SNAPSHOT_FILE } from "../lib/protocol/manifest.ts";
import { step } from "./lib/progress.ts";
import { run } from "./lib/run.ts";
import { WARM_UP, WARM_UP_BOX, WARM_UP_KEYS } from "./warm-up.ts";

/** Ten times what it takes on an idle machine. */
const BOOT_TIMEOUT_MS = 600_000;
const PROMPT = "host:~#";
const PROMPT_TAIL = 24;
/** As the kernel's default for this 9p device; init (rootfs/files/usr/sbin/init) starts with the other. */
const READ_AHEAD_KB = 124;
const WARM_READ_AHEAD = "read_ahead_kb=4";

export interface Snapshot {
  readonly file: string;
  readonly stateBytes: number;
  readonly epochMs: number;
  readonly terminals: Readonly<Record<string, string>>;
  readonly box: string;
}

export async function takeSnapshot(dir: string): Promise<Snapshot> {
  const progress = step("snapshot");
  const guest = await boot(dir, (text) => progress.note(text));
  try {
    progress.note("waiting for prompts and agent");
    await guest.until(() => [0, 2].every((port) => atPrompt(guest.screen(port))), "both prompts");
    const box = await guest.hello();
    await warmUp(guest, (text) => progress.note(text));
    const terminals = { hvc0: guest.screen(0), hvc2: guest.screen(2).split("logout\r\n").at(-1) ?? "" };
    const epochMs = Date.now();
    const state = await guest.save();
    progress.note("compressing");
    const raw = path.join(dir, "state.bin");
    writeFileSync(raw, new Uint8Array(state));
    await run("zstd", ["-q", "--ultra", "-22", "--rm", raw, "-o", `${raw}.zst`]);
    progress.done(
      `${(state.byteLength / 1e6).toFixed(0)} MB, ${(readFileSync(`${raw}.zst`).length / 1e6).toFixed(2)} MB compressed`,
    );
    return { file: SNAPSHOT_FILE, stateBytes: state.byteLength, epochMs, terminals, box };
  } finally {
    await guest.end();
    rmSync(path.join(dir, "state.bin"), { force: true });
  }
}

async function warmUp(guest: Guest, note: (text: string) => void): Promise<void> {
  const shell = async (command: string): Promise<void> => {
    note(command.slice(0, 60));
    const { exitCode, stderr } = await guest.shell(command);
    // What fails here fails for a visitor too; the image is kept, since it is the place to find out why.
    if (exitCode !== 0) process.stderr.write(`\nwarm-up: exit ${exitCode}: ${command}\n${stderr}\n`);
  };
  // drop_caches leaves what is mapped, memory.reclaim takes that too; it says EAGAIN when it has found all there is.
  await shell("sync; echo 3 > /proc/sys/vm/drop_caches; echo 64M > /sys/fs/cgroup/memory.reclaim || true");
  for (const command of WARM_UP) await shell(command);
  for (const command of WARM_UP_BOX) await shell(command);
  for (const keys of WARM_UP_KEYS) {
    const from = guest.screen(2).length;
    guest.type(2, keys);
    await guest.until(() => atPrompt(guest.screen(2).slice(from)), `a prompt after ${JSON.stringify(keys)}`);
  }
  guest.clear(2);
  guest.type(2, "exit\r");
  await guest.until(() => guest.screen(2).includes("exit") && atPrompt(guest.screen(2)), "a new shell on hvc2");
  await shell(`for device in /sys/class/bdi/9p-*; do echo ${READ_AHEAD_KB} > $device/read_ahead_kb; done`);
}

const atPrompt = (screen: string): boolean => screen.slice(-PROMPT_TAIL).includes(PROMPT);

type Guest = Awaited<ReturnType<typeof boot>>;

async function boot(dir: string, note: (text: string) => void) {
  const { V86, module } = await nodeHost.loadV86();
  const screens = ["", "", "", ""];
  const decoders = screens.map(() => new TextDecoder());
  const watchers = new Set<() => void>();
  let log = "";
  const buffer = (name: string) => ({ buffer: new Uint8Array(readFileSync(path.join(dir, name))).buffer });
  const location = (name: string): string => nodeHost.v86Location(pathToFileURL(path.join(dir, name)).href);
  const options = {
    ...deviceOptions(),
    bios: buffer("bios.bin"),
    vga_bios: buffer("vgabios.bin"),
    bzimage: buffer("bzImage"),
    cmdline: `${KERNEL_CMDLINE} ${WARM_READ_AHEAD}`,
    filesystem: filesystemOptions(`${location("tree")}/`, location("fs.json")),
  };
  const emulator = await createEmulator(V86, module, options, {
    onConsole(port, data) {
      if (port === 1) agent.receive(data);
      else screens[port] += decoders[port]?.decode(data, { stream: true }) ?? "";
      for (const watcher of watchers) watcher();
    },
    onSerialByte(byte) {
      log += String.fromCharCode(byte);
      if (byte !== 10) return;
      const line = log.slice(log.lastIndexOf("\n", log.length - 2) + 1).trim();
      note(line);
      if (line.includes("Kernel panic")) for (const watcher of watchers) watcher();
    },
    onFrame: () => {},
    onReboot: () => {},
    onCompile: () => {},
    afterSlice: () => {},
  });
  const agent = createAgentClient((data) => emulator.send(1, data), 1);
  await emulator.run();
  const until = (test: () => boolean, what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`snapshot: ${what}: ${why}\n${log.slice(-2000)}`));
      const timer = setTimeout(() => fail(`not in ${BOOT_TIMEOUT_MS / 1000} s`), BOOT_TIMEOUT_MS);
      const check = (): void => {
        const panicked = log.includes("Kernel panic");
        if (!panicked && !test()) return;
        clearTimeout(timer);
        watchers.delete(check);
        if (panicked) fail("kernel panic");
        else resolve();
      };
      watchers.add(check);
      check();
    });
  return {
    until,
    screen: (port: number) => screens[port] ?? "",
    clear(port: number): void {
      screens[port] = "";
    },
    type: (port: 0 | 2, text: string) => emulator.send(port, new TextEncoder().encode(text)),
    shell: (command: string) => askAgent(agent, "shell", { command }, 60_000),
    async hello(): Promise<string> {
      for (const untilMs = Date.now() + BOOT_TIMEOUT_MS; Date.now() < untilMs; ) {
        const answer = await agent.ask("hello", { version: AGENT_VERSION }, 5_000);
        if (answer.ok) return (answer.result as { box: string }).box;
      }
      throw new Error(`snapshot: the agent does not answer\n${log.slice(-2000)}`);
    },
    save: () => emulator.saveState(),
    async end(): Promise<void> {
      agent.close();
      await emulator.destroy();
    },
  };
}
