/** The first process of a bundle's container: its tables of steps, then the program; see bundle-init.ts for the order. */
import { failureOf, USUAL_UMASK } from "../container/init.ts";
import { bundleRootSteps } from "../container/init-bundle-steps.ts";
import type { InitContext } from "../container/init-context.ts";
import { namespaceSteps } from "../container/init-namespace-steps.ts";
import { lateFilterSteps, processSteps } from "../container/init-process-steps.ts";
import { environmentValue, findProgram, refusal } from "../container/program.ts";
import { forgetPendingSteps, stepPortFds } from "../container/step-port.ts";
import { type Reporter, runSteps, type Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { awaitStart, sayReady, startHooks } from "./bundle-init.ts";

const FAILED = 1;

/** What `create` waits for: after these nothing is left but to start. */
export const bundleInitSteps: readonly Step<InitContext>[] = [...namespaceSteps, ...bundleRootSteps, ...processSteps];

export const bundleStartSteps: readonly Step<InitContext>[] = [
  {
    name: "await-start",
    part: "entrypoint",
    syscall: "read",
    args: () => ["exec.fifo"],
    source: sourceHere(),
    run: awaitStart,
  },
  {
    name: "start-hooks",
    part: null,
    syscall: "execve",
    args: ({ spec }) => (spec.hooks?.startContainer ?? []).map(({ path }) => path),
    source: sourceHere(),
    when: ({ spec }) => (spec.hooks?.startContainer ?? []).length > 0,
    run: startHooks,
  },
  ...lateFilterSteps,
];

export function runBundleInit(c: InitContext, reporter: Reporter): number {
  const { linux, spec, sync, bundle } = c;
  let result = sync;
  try {
    forgetPendingSteps(linux);
    const fifos = bundle ? [bundle.startFifo, bundle.resultFifo] : [];
    linux.closeAllBut([sync, 0, 1, 2, ...fifos, ...c.idmapTrees.values(), ...stepPortFds()]);
    linux.setsid();
    linux.umask(0);
    runSteps(bundleInitSteps, c, reporter);
    linux.umask(spec.process.umask ?? USUAL_UMASK);
    const { args, env } = spec.process;
    const program = findProgram(args, env);
    linux.resetSignals();
    sayReady(c);
    result = bundle?.resultFifo ?? sync;
    runSteps(bundleStartSteps, c, reporter);
    const home = environmentValue(env, "HOME") === null ? [`HOME=${c.user?.home ?? "/"}`] : [];
    return become(linux, program, args, [...env, ...home]);
  } catch (error) {
    linux.write(result, JSON.stringify(failureOf(error as Error)));
    return FAILED;
  }
}

function become(linux: LinuxCalls, path: string, args: readonly string[], env: readonly string[]): never {
  try {
    return linux.execve(path, args, env);
  } catch (error) {
    throw refusal(args[0] ?? "", path, error);
  }
}
