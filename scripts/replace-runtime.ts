/**
 * For work on the runtime: puts this tree's `box` into a restored guest, in seconds, where a new image would first be
 * booted and saved. The resident runtime is replaced too; what the snapshot keeps cached of the old one is not.
 * Tests that count (`npm test`) run on a real image.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { NodeMachine } from "../lib/machine/node-machine.ts";
import { buildRuntime, RUNTIME_FOLDERS } from "../runtime-src/build.ts";

/** On 9p itself, not under the overlay that is the guest's root: a file put there is seen at once. */
const DELIVERY = "/usr/lib/box";
const ANSWER_TIMEOUT_MS = 600_000;

export const wantsOwnRuntime = (): boolean => process.env.GLASSBOX_RUNTIME === "1";

export async function replaceRuntime(guest: NodeMachine): Promise<void> {
  const { dir } = await buildRuntime();
  const commands: string[] = [];
  for (const folder of RUNTIME_FOLDERS) {
    for (const entry of readdirSync(path.join(dir, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const source = path.join(entry.parentPath, entry.name);
      // another name each time: the guest keeps what it has read of a file
      const delivered = `${DELIVERY}/new-${Date.now()}-${entry.name}`;
      const target = path.join("/usr", path.relative(dir, source));
      await guest.session().emulator.putFile(delivered, new Uint8Array(readFileSync(source)));
      const mode = (statSync(source).mode & 0o777).toString(8);
      commands.push(`mkdir -p ${path.dirname(target)}`, `rm -f ${target}.new`, `cp ${delivered} ${target}.new`);
      commands.push(`chmod ${mode} ${target}.new`, `mv ${target}.new ${target}`);
    }
  }
  const { exitCode, stderr } = await guest.ask("shell", { command: commands.join(" && ") });
  if (exitCode !== 0) throw new Error(`the new runtime was not put in its place: ${stderr}`);
  const before = await agentPid(guest, ANSWER_TIMEOUT_MS);
  // Its answer cannot arrive: init starts the new one.
  void guest.ask("kill", { pid: before, signal: "KILL" }, 1_000).catch(() => {});
  for (const untilMs = Date.now() + ANSWER_TIMEOUT_MS; Date.now() < untilMs; ) {
    const now = await agentPid(guest, 20_000).catch(() => before);
    if (now !== before) return;
  }
  throw new Error("the new runtime's agent does not answer");
}

/** The agent is the parent of the shells that it starts. */
async function agentPid(guest: NodeMachine, timeoutMs: number): Promise<number> {
  const { stdout } = await guest.ask("shell", { command: "echo $PPID" }, timeoutMs);
  const pid = Number(stdout.trim());
  if (!Number.isInteger(pid) || pid <= 0) throw new Error("no agent");
  return pid;
}
