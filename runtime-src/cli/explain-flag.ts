/** --explain, for the verbs that have ordered tables of steps (narration/explain.ts). */
import type { Flag, ParsedFlags } from "./flags.ts";
import type { Runtime } from "./runtime.ts";

export const EXPLAIN: Flag = { name: "explain", kind: "bool", help: "Tell each step as it happens" };

export async function explainIfAsked({ linux }: Runtime, flags: ParsedFlags): Promise<void> {
  if (!flags.bool("explain")) return;
  const { explainSteps } = await import("../narration/explain.ts");
  explainSteps(linux, process.env);
}
