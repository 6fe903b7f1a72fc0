/**
 * Running hooks (config.md, "POSIX-platform Hooks"): in the order of the list, the state as JSON on standard input, an
 * environment of their own, killed when their timeout is over. Those before the program has started make their operation
 * fail, those after it are only told about (runtime.md, "Lifecycle").
 */
import { spawnSync } from "node:child_process";
import type { Hook, HookKind, Hooks } from "./hooks.ts";

const MAX_WORDS_BYTES = 4096;

function failureOf({ path, timeoutSeconds }: Hook, result: ReturnType<typeof spawnSync>): string | null {
  const { error, status, signal, stderr } = result;
  if (error && (error as NodeJS.ErrnoException).code === "ETIMEDOUT")
    return `${path}: no end after ${timeoutSeconds} s`;
  if (error) return `${path}: ${error.message}`;
  const words = String(stderr ?? "")
    .trim()
    .slice(0, MAX_WORDS_BYTES);
  const said = words === "" ? "" : `: ${words}`;
  if (signal) return `${path}: killed by ${signal}${said}`;
  return status === 0 ? null : `${path}: exit status ${status}${said}`;
}

/** The first failure in words, null when there was none. With `all`, the others run nevertheless. */
export function runHooks(hooks: Hooks | null, kind: HookKind, state: object, all = false): string | null {
  const list = hooks?.[kind] ?? [];
  const failures: string[] = [];
  list.forEach((hook, i) => {
    if (failures.length > 0 && !all) return;
    const [argv0 = hook.path, ...args] = hook.args;
    const env = Object.fromEntries((hook.env ?? []).map(splitVariable)) as NodeJS.ProcessEnv;
    const result = spawnSync(hook.path, args, {
      argv0,
      env,
      input: JSON.stringify(state),
      ...(hook.timeoutSeconds === null ? {} : { timeout: hook.timeoutSeconds * 1000, killSignal: "SIGKILL" }),
    });
    const failure = failureOf(hook, result);
    if (failure !== null) failures.push(`hooks.${kind}[${i}]: ${failure}`);
  });
  return failures.length > 0 ? failures.join("; ") : null;
}

function splitVariable(entry: string): [string, string] {
  const at = entry.indexOf("=");
  return at < 0 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
}
