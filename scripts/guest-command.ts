/**
 * Runs a command in a guest under Node. Its two output streams travel over the terminals' consoles with output
 * processing off, so they arrive as they are written, binary and without bound; the agent tells the exit code. An image
 * whose agent does not answer gets the command typed into its first terminal instead.
 */
import type { NodeMachine } from "../lib/machine/node-machine.ts";
import { type CommandResult, CommandTimeout, quoted, type Sink } from "./command-result.ts";
import { runTyped } from "./typed-command.ts";

const HELLO_TIMEOUT_MS = 10_000;

/** Runs `command` as root in bash. Output goes to `sink` as it comes, and is returned whole. */
export async function runCommand(
  guest: NodeMachine,
  command: string,
  timeoutMs: number,
  sink: Sink = () => {},
): Promise<CommandResult> {
  const hello = await guest.session().agent.ask("hello", { version: 1 }, HELLO_TIMEOUT_MS);
  if (!hello.ok) return runTyped(guest, command, timeoutMs, sink);
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const collect = guest.listen((notice) => {
    if (notice.type !== "output") return;
    const stream = notice.terminal === "hvc2" ? "stdout" : "stderr";
    (stream === "stdout" ? stdout : stderr).push(notice.data);
    sink(stream, notice.data);
  });
  try {
    const answer = await guest.session().agent.ask("shell", { command: streaming(command) }, timeoutMs);
    if (!answer.ok && answer.code === "TIMEOUT")
      throw new CommandTimeout(`the command did not end in ${timeoutMs / 1_000} s; raise --timeout`);
    if (!answer.ok && answer.code === "UNKNOWN_METHOD") return runTyped(guest, command, timeoutMs, sink);
    if (!answer.ok) throw new Error(`agent shell: ${answer.code}: ${answer.message}`);
    const { exitCode } = answer.result as { exitCode: number };
    await guest.flushed();
    return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
  } finally {
    collect.dispose();
  }
}

/** Standard output to hvc2, standard error to hvc0, through pipes, so that no program takes them for terminals. */
function streaming(command: string): string {
  const script = [
    "stty -F /dev/hvc2 -opost; stty -F /dev/hvc0 -opost",
    "cd /root",
    "set -o pipefail",
    '{ bash -c "$1" 2>&3 3>&- </dev/null | cat >/dev/hvc2 3>&-; } 3>&1 | cat >/dev/hvc0',
  ].join("\n");
  return `bash -c ${quoted(script)} guest ${quoted(command)}`;
}
