/** The guest for a test file: one restored machine, and its shell. */

import { type NodeMachine, type NodeMachineOptions, startNodeMachine } from "../../lib/machine/node-machine.ts";
import type { AgentMethods } from "../../lib/protocol/agent.ts";
import { replaceRuntime, wantsOwnRuntime } from "../../scripts/replace-runtime.ts";

/** The agent's own limit. Commands take seconds, dozens of containers in one command minutes where others build beside. */
const COMMAND_TIMEOUT_MS = 600_000;

export type Guest = NodeMachine & {
  /** Runs a command as root in the guest's shell, without a terminal. */
  sh(command: string, timeoutMs?: number): Promise<AgentMethods["shell"]["result"]>;
  /** The same, for commands that must succeed: its standard output, without the last newline. */
  out(command: string, timeoutMs?: number): Promise<string>;
};

export async function bootGuest(options: NodeMachineOptions = {}): Promise<Guest> {
  const dir = process.env.GLASSBOX_IMAGE;
  if (!dir) throw new Error("GLASSBOX_IMAGE is not set; run the guest tests with e2e/guest/vitest.config.ts");
  // A test file runs thousands of short commands: compiled at once, without the governor's pauses, they take the least time in all.
  const machine = await startNodeMachine(dir, { jit: "on", ...options });
  if (wantsOwnRuntime()) await replaceRuntime(machine);
  const sh: Guest["sh"] = (command, timeoutMs = COMMAND_TIMEOUT_MS) => machine.ask("shell", { command }, timeoutMs);
  return {
    ...machine,
    sh,
    async out(command, timeoutMs) {
      const { exitCode, stdout, stderr } = await sh(command, timeoutMs);
      if (exitCode !== 0) throw new Error(`${command}: exit ${exitCode}: ${stderr}`);
      return stdout.replace(/\n$/, "");
    },
  };
}
