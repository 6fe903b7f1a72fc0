/** What scripts/guest.ts does once its command line is understood: boot, run, report. */

import { type NodeMachine, startNodeMachine } from "../lib/machine/node-machine.ts";
import type { KernelSnapshot } from "../lib/protocol/kernel-snapshot.ts";
import { type CommandResult, CommandTimeout, quoted, type Sink } from "./command-result.ts";
import { runCommand } from "./guest-command.ts";
import { guestImageDir } from "./guest-image-dir.ts";
import { replaceRuntime, wantsOwnRuntime } from "./replace-runtime.ts";

const EXIT_TIMEOUT = 124;
/** With --while and no --exec: the kernel has come to rest when nothing happened for this long. */
const SETTLED_MS = 1_000;

export interface HeadlessOptions {
  readonly exec: string | null;
  readonly alongside: string | null;
  readonly json: boolean;
  readonly timeoutMs: number;
  readonly jit: "governed" | "on" | "off";
}

export async function runHeadless(options: HeadlessOptions): Promise<number> {
  const dir = await guestImageDir();
  const guest = await startNodeMachine(dir, { jit: options.jit, watchHz: options.alongside ? 10 : 0 });
  try {
    if (wantsOwnRuntime()) await replaceRuntime(guest);
    return await runIn(guest, options);
  } finally {
    await guest.end();
  }
}

async function runIn(guest: NodeMachine, options: HeadlessOptions): Promise<number> {
  const boot = guest.machine.state;
  const pid = options.alongside === null ? null : await startAlongside(guest, options.alongside);
  const startedAtMs = performance.now();
  const pass: Sink = (stream, data) => {
    if (!options.json) process[stream].write(data);
  };
  let result: CommandResult = { exitCode: 0, stdout: new Uint8Array(), stderr: new Uint8Array() };
  try {
    if (options.exec !== null) result = await runCommand(guest, options.exec, options.timeoutMs, pass);
    else await settled(guest, options.timeoutMs);
  } catch (error) {
    if (!(error instanceof CommandTimeout)) throw error;
    process.stderr.write(`guest: ${error.message}\n`);
    return EXIT_TIMEOUT;
  }
  const runMs = performance.now() - startedAtMs;
  if (!options.json) return result.exitCode;
  const snapshot = guest.machine.inspector?.take() ?? null;
  if (pid !== null) assertRunning(snapshot, pid, options.alongside ?? "");
  const report = {
    stdout: Buffer.from(result.stdout).toString(),
    stderr: Buffer.from(result.stderr).toString(),
    exitCode: result.exitCode,
    bootMs: Math.round(boot.state === "ready" ? boot.bootMs : 0),
    runMs: Math.round(runMs),
    snapshot,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return result.exitCode;
}

/** Starts a command that keeps running; returns its PID. */
async function startAlongside(guest: NodeMachine, command: string): Promise<number> {
  const line = `cd /root; setsid bash -c ${quoted(command)} </dev/null >/dev/null 2>&1 & echo $!`;
  const { stdout } = await guest.ask("shell", { command: line });
  const pid = Number(stdout.trim());
  if (!Number.isInteger(pid) || pid <= 0) throw new Error(`--while ${command}: did not start`);
  return pid;
}

function assertRunning(snapshot: KernelSnapshot | null, pid: number, command: string): void {
  const task = snapshot?.tasks.find((candidate) => candidate.pid === pid);
  if (!task || task.state === "Z" || task.state === "X")
    throw new Error(`--while ${command}: had ended when the snapshot was taken; let it run longer`);
}

/** Resolves when the kernel reported no event for SETTLED_MS. */
async function settled(guest: NodeMachine, timeoutMs: number): Promise<void> {
  let lastEventMs = performance.now();
  await guest.until(
    "the guest to come to rest",
    (notice) => {
      if (notice.type === "snapshot" && notice.events.length > 0) lastEventMs = performance.now();
      return performance.now() - lastEventMs >= SETTLED_MS;
    },
    timeoutMs,
  );
}
