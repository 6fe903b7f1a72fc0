/**
 * `box`, alias `docker`: finds the verb and runs it. Verbs are loaded when called, so a command reads only the bytecode
 * that it needs; the resident loads the common ones before it forks (agent/agent.ts).
 */
import { GUEST_PATHS } from "../container/paths.ts";
import { linux } from "../linux/native.ts";
import { hasClient, onClientGone, releaseClient } from "../linux/resident.ts";
import { reportFailure } from "./failure.ts";
import { HelpWanted } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { findVerb } from "./verbs.ts";

function writer(fd: number): (text: string) => void {
  return (text) => {
    try {
      linux.write(fd, text);
    } catch {
      // a reader that went away does not make the command fail
    }
  };
}

function runtimeHere(): Runtime {
  return {
    linux,
    paths: GUEST_PATHS,
    program: (process.argv[0] || "box").replace(/^.*\//, "").replace(/^-/, ""),
    client: { isWaiting: hasClient, release: releaseClient, onGone: onClientGone },
    out: writer(1),
    err: writer(2),
  };
}

export async function main(argv: readonly string[]): Promise<number> {
  const runtime = runtimeHere();
  const [name, ...rest] = argv;
  if (name === "help" && rest.length > 0) return main([...rest, "--help"]);
  if (name === undefined || ["help", "--help", "-h"].includes(name)) {
    runtime.out((await import("./help.ts")).help(runtime.program));
    return 0;
  }
  // not among the verbs: the guest's init starts it
  if (name === "agent") return (await import("../agent/agent.ts")).agentVerb(main).run(runtime, rest);
  if (name === "--version" || name === "-v") {
    runtime.out((await import("./version.ts")).versionLine(runtime.program));
    return 0;
  }
  const found = findVerb(name);
  if (found) return runVerb(runtime, name, found instanceof Promise ? await found : found, rest);
  const { findInGroup } = await import("./groups.ts");
  return findInGroup(runtime, name, rest, runVerb);
}

async function runVerb(runtime: Runtime, name: string, verb: Verb, argv: readonly string[]): Promise<number> {
  try {
    if (argv[0] === "--help" && verb.helps !== true) throw new HelpWanted();
    return await verb.run(runtime, argv);
  } catch (error) {
    if (!(error instanceof HelpWanted)) return reportFailure(runtime, { verb: name, usage: verb.usage }, error);
    runtime.out((await import("./help.ts")).verbHelp(runtime.program, verb));
    return 0;
  }
}
