/**
 * For work on the runtime: puts this tree's `box` into a restored guest, in seconds, where a new image would first be
 * booted and saved. The resident runtime is replaced too; what the snapshot keeps cached of the old one is not.
 * Tests that count (`npm test`) run on a real image.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { NodeMachine } from "../lib/machine/node-machine.ts";
import { buildRuntime } from "../runtime-src/build.ts";

/** On 9p itself, not under the overlay that is the guest's root: a file put there is seen at once. */
const DELIVERY = "usr/lib/box/new-runtime";
const ANSWER_TIMEOUT_MS = 60_000;

export const wantsOwnRuntime = (): boolean => process.env.GLASSBOX_RUNTIME === "1";

export async function replaceRuntime(guest: NodeMachine): Promise<void> {
  const { dir } = await buildRuntime();
  await guest.session().emulator.putFile(`/${DELIVERY}`, new Uint8Array(readFileSync(path.join(dir, "box"))));
  const script = `cp /${DELIVERY} /usr/bin/box.new && chmod 755 /usr/bin/box.new && mv /usr/bin/box.new /usr/bin/box`;
  const { exitCode, stderr } = await guest.ask("shell", { command: script });
  if (exitCode !== 0) throw new Error(`${DELIVERY}: not copied: ${stderr}`);
  const before = await agentPid(guest);
  // Its answer cannot arrive: init starts the new one.
  void guest.ask("kill", { pid: before, signal: "KILL" }, 1_000).catch(() => {});
  for (const untilMs = Date.now() + ANSWER_TIMEOUT_MS; Date.now() < untilMs; ) {
    const now = await agentPid(guest).catch(() => before);
    if (now !== before) return;
  }
  throw new Error("the new runtime's agent does not answer");
}

async function agentPid(guest: NodeMachine): Promise<number> {
  const { stdout } = await guest.ask("shell", { command: "pgrep -o -f 'box agent'" }, 3_000);
  const pid = Number(stdout.trim());
  if (!Number.isInteger(pid) || pid <= 0) throw new Error("no agent");
  return pid;
}
