/** One request to one answer: checked, carried out, its failure named. Every answer comes within the time limit. */
import type { AgentAnswer, AgentMethod } from "../../lib/protocol/agent.ts";
import type { Runtime } from "../cli/runtime.ts";
import { methods } from "./methods.ts";
import { checkRequest } from "./params.ts";
import { Refusal } from "./refusal.ts";

/** Long enough for anything that a page asks; a shell command that takes longer goes on unheard. */
const TIMEOUT_MS = 600_000;

function refusalOf(id: number, error: unknown): AgentAnswer {
  const { message } = error as Error;
  if (error instanceof Refusal) return { id, ok: false, code: error.code, message };
  if (message.startsWith("No such container")) return { id, ok: false, code: "NO_SUCH_CONTAINER", message };
  return { id, ok: false, code: (error as NodeJS.ErrnoException).code ?? "BAD_REQUEST", message };
}

export async function answerRequest(runtime: Runtime, id: number, json: string): Promise<AgentAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const request = checkRequest(id, json);
    const act = methods[request.method] as (runtime: Runtime, params: unknown) => unknown;
    const timeout = new Promise<never>((_, reject) => {
      const words = `${request.method}: not done in ${TIMEOUT_MS / 1000} s`;
      timer = setTimeout(() => reject(new Refusal("TIMEOUT", words)), TIMEOUT_MS);
    });
    const result = await Promise.race([act(runtime, request.params), timeout]);
    return { id, ok: true, result };
  } catch (error) {
    return refusalOf(id, error);
  } finally {
    clearTimeout(timer);
  }
}

export type { AgentMethod };
