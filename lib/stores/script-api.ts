import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { TerminalId } from "../protocol/machine.ts";
import type { PageSession } from "./page-session.ts";
import { watchPrompt } from "./prompt-watch.ts";

/** `window.glassbox`: how scripts (demos, tests, an author's console) drive a lab. All times are the guest's. */
export interface GlassboxScript {
  /** Resolves when the machine answers at its prompt; rejects when it could not start. */
  ready(): Promise<void>;
  /** Types a command and Enter; resolves when a shell waits at a prompt again. */
  run(command: string, options?: { readonly terminal?: TerminalId; readonly timeoutMs?: number }): Promise<void>;
  /** Resolves when no process was born, replaced or ended for this long. */
  settled(quietMs?: number): Promise<void>;
}

declare global {
  interface Window {
    glassbox?: GlassboxScript;
  }
}

const RUN_TIMEOUT_MS = 120_000;
const SETTLED_MS = 400;
/** Without the shell's own mark, a prompt-like line counts once nothing has happened for this long. */
const LIKELY_PROMPT_MS = 300;

export function installScriptApi(session: PageSession): () => void {
  const api = createScriptApi(session);
  window.glassbox = api;
  return () => {
    if (window.glassbox === api) delete window.glassbox;
  };
}

export function createScriptApi(session: PageSession): GlassboxScript {
  return {
    ready: () => ready(session),
    async run(command, { terminal = "hvc0", timeoutMs = RUN_TIMEOUT_MS } = {}) {
      await ready(session);
      const watch = watchPrompt(session.terminals, terminal);
      try {
        watch.mark();
        session.type(terminal, `${command}\r`);
        await until(session, `run ${command}`, timeoutMs, () => {
          const prompt = watch.prompt();
          return prompt === "marked" || (prompt === "likely" && quietForMs(session) >= LIKELY_PROMPT_MS);
        });
      } finally {
        watch.dispose();
      }
    },
    settled: (quietMs = SETTLED_MS) => until(session, "settled", RUN_TIMEOUT_MS, () => quietForMs(session) >= quietMs),
  };
}

function ready({ machine }: PageSession): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (): boolean => {
      const { boot } = machine.getState();
      if (boot.state === "ready") resolve();
      else if (boot.state === "failed") reject(new Error(`the machine could not start: ${boot.code}: ${boot.detail}`));
      else return false;
      return true;
    };
    if (check()) return;
    const unsubscribe = machine.subscribe(() => {
      if (check()) unsubscribe();
    });
  });
}

/** Checks at each snapshot and each piece of output: these are all that can make it true. */
function until(session: PageSession, what: string, timeoutMs: number, done: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (done()) {
      resolve();
      return;
    }
    const stops: (() => void)[] = [];
    const stop = () => {
      for (const end of stops) end();
    };
    const check = () => {
      if (!done()) return;
      stop();
      resolve();
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`${what}: not done after ${timeoutMs} ms`));
    }, timeoutMs);
    stops.push(
      () => clearTimeout(timer),
      session.kernel.subscribe(check),
      session.terminals.attach("hvc0", check),
      session.terminals.attach("hvc2", check),
    );
  });
}

const LIFE: ReadonlySet<KernelEvent["kind"]> = new Set(["fork", "exec", "exit", "missed"]);

/** Guest time since the last process was born, replaced or ended. */
function quietForMs({ kernel, timeline }: PageSession): number {
  const { snapshot } = kernel.getState();
  if (!snapshot) return 0;
  const last = timeline.getState().entries.findLast((entry) => entry.type === "event" && LIFE.has(entry.event.kind));
  return snapshot.guestTimeNs / 1e6 - (last?.atMs ?? 0);
}
