/**
 * Runs a command by typing it into the first terminal, for images whose agent does not answer. The terminal's echo and
 * prompt are kept out by two markers that the typed line only contains in halves. Both streams arrive as one.
 */
import type { NodeMachine } from "../lib/machine/node-machine.ts";
import { type CommandResult, CommandTimeout, quoted, type Sink } from "./command-result.ts";

export async function runTyped(
  guest: NodeMachine,
  command: string,
  timeoutMs: number,
  sink: Sink,
): Promise<CommandResult> {
  const from = guest.screen("hvc0").length;
  const mark = `mark-${process.pid}-${Math.floor(performance.now())}`;
  const halves = `${mark.slice(0, 4)}''${mark.slice(4)}`;
  guest.type("hvc0", `echo ${halves}-from; ( eval ${quoted(command)} ); echo ${halves}-to $?\n`);
  const pattern = new RegExp(`${mark}-from\\r?\\n([\\s\\S]*?)${mark}-to (\\d+)`);
  let match: RegExpExecArray;
  try {
    match = await guest.untilScreen("hvc0", pattern, timeoutMs, from);
  } catch (cause) {
    throw new CommandTimeout(`the command did not end in ${timeoutMs / 1_000} s; raise --timeout`, { cause });
  }
  const output = new TextEncoder().encode((match[1] ?? "").replaceAll("\r\n", "\n"));
  sink("stdout", output);
  return { exitCode: Number(match[2]), stdout: output, stderr: new Uint8Array() };
}
