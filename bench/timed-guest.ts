/** A guest under the governor whose commands are timed by its own clock, so that no terminal and no agent is in the figure. */
import { type NodeMachine, startNodeMachine } from "../lib/machine/node-machine.ts";

export interface TimedGuest {
  readonly machine: NodeMachine;
  /** The command's standard output; throws when it fails. */
  sh(command: string): Promise<string>;
  /** How long the command takes, in ms; its output is thrown away. */
  timed(command: string): Promise<number>;
}

export async function startTimedGuest(imageDir: string, timeoutMs: number): Promise<TimedGuest> {
  const machine = await startNodeMachine(imageDir, { watchHz: 10 });
  const sh = async (command: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await machine.ask("shell", { command }, timeoutMs);
    if (exitCode !== 0) throw new Error(`${command}: exit ${exitCode}: ${stderr}`);
    return stdout;
  };
  const timed = async (command: string): Promise<number> => {
    const script = `a=$EPOCHREALTIME; ${command} >/dev/null || exit 1; b=$EPOCHREALTIME; echo $(( \${b/./} - \${a/./} ))`;
    return Number(await sh(`bash -c '${script}'`)) / 1_000;
  };
  return { machine, sh, timed };
}
