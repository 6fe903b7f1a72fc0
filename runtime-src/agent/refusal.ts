import type { AgentRefusal } from "../../lib/protocol/agent.ts";

/** A request that is not carried out, with the protocol's reason. */
export class Refusal extends Error {
  readonly code: AgentRefusal;

  constructor(code: AgentRefusal, message: string) {
    super(message);
    this.code = code;
  }
}
