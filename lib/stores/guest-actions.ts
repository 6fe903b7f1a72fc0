import { AgentRefused, type MachineClient } from "../machine/client.ts";
import type { AgentMethod, AgentMethods } from "../protocol/agent.ts";

/** Why the guest did not do what was asked; null where it did. What came of it, the kernel shows. */
export interface Refusal {
  /** An errno name, or one of the agent's own reasons. */
  readonly code: string;
  readonly message: string;
}

/** A request to the guest's agent that a visitor makes: it is granted, or refused with a reason. */
export async function request<M extends AgentMethod>(
  client: MachineClient,
  method: M,
  params: AgentMethods[M]["params"],
): Promise<Refusal | null> {
  try {
    await client.ask(method, params);
    return null;
  } catch (error) {
    if (error instanceof AgentRefused) return { code: error.code, message: error.message };
    throw error;
  }
}
