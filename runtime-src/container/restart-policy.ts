/**
 * docker's restart policies (--restart) and its backoff: 100 ms before the first start, twice as long before each further
 * one up to a minute, from the beginning again after a run of more than ten seconds.
 */
export type RestartName = "no" | "always" | "unless-stopped" | "on-failure";

export interface RestartPolicy {
  readonly name: RestartName;
  /** of on-failure; 0: no maximum. */
  readonly maximumRetryCount: number;
}

export const NO_RESTART: RestartPolicy = { name: "no", maximumRetryCount: 0 };

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;
/** A run that lasted as long was a success. */
const SETTLED_MS = 10_000;

/** "on-failure:3"; throws docker's words. */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [name = "", count, ...more] = text.split(":");
  if (more.length > 0) throw new Error("invalid restart policy format: maximum retry count must be an integer");
  if (count !== undefined && !/^-?\d+$/.test(count)) {
    throw new Error("invalid restart policy format: maximum retry count must be an integer");
  }
  const maximumRetryCount = Number(count ?? 0);
  if (name === "" && count !== undefined)
    throw new Error("invalid restart policy format: no policy provided before colon");
  const known = ["", "no", "always", "unless-stopped", "on-failure"];
  if (!known.includes(name)) {
    const choices = "use one of 'no', 'always', 'on-failure', or 'unless-stopped'";
    throw new Error(`invalid restart policy: unknown policy '${name}'; ${choices}`);
  }
  if (name !== "on-failure" && count !== undefined) {
    throw new Error("invalid restart policy: maximum retry count can only be used with 'on-failure'");
  }
  if (maximumRetryCount < 0) throw new Error("invalid restart policy: maximum retry count cannot be negative");
  return { name: (name || "no") as RestartName, maximumRetryCount };
}

export interface EndedRun {
  readonly exitCode: number;
  readonly ranMs: number;
  /** How often the policy has started it so far. */
  readonly restartCount: number;
  /** Somebody stopped or killed it by command. */
  readonly stopRequested: boolean;
}

/** Waits double from one restart to the next; null: it stays ended. */
export class RestartBackoff {
  #delayMs = 0;

  next(policy: RestartPolicy, { exitCode, ranMs, restartCount, stopRequested }: EndedRun): number | null {
    if (policy.name === "no" || stopRequested) return null;
    if (policy.name === "on-failure") {
      const { maximumRetryCount } = policy;
      if (exitCode === 0 || (maximumRetryCount > 0 && restartCount >= maximumRetryCount)) return null;
    }
    this.#delayMs =
      ranMs > SETTLED_MS || this.#delayMs === 0 ? FIRST_DELAY_MS : Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
    return this.#delayMs;
  }
}
