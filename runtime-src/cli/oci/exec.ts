/** `box oci exec`: a further program, as --process's JSON or the flags have it, else as the container's own. */
import { readFileSync, writeFileSync } from "node:fs";
import { enterNamespaces } from "../../container/enter.ts";
import type { ExecContext } from "../../container/exec.ts";
import { runExecSession } from "../../container/exec-session.ts";
import type { ProcessSpec } from "../../container/spec.ts";
import { StepError } from "../../container/steps.ts";
import { type BundleRecord, requireRecord, statusOf } from "../../oci/bundle-state.ts";
import { capabilityBit, hasCapability } from "../../oci/capabilities.ts";
import { ConfigError, Field } from "../../oci/config-field.ts";
import { parseProcess } from "../../oci/config-process.ts";
import { loadSeccompCompiler } from "../../oci/seccomp-program.ts";
import { type ParsedFlags, UsageError } from "../flags.ts";
import { sendTerminal } from "./console-socket.ts";
import { bool, idOf, list, type OciRuntime, type OciVerb, text } from "./oci-verb.ts";

function processFile(file: string): ProcessSpec {
  try {
    return parseProcess(new Field("process", JSON.parse(readFileSync(file, "utf8"))));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new Error(`--process ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function userOf(flags: ParsedFlags, base: ProcessSpec): Pick<ProcessSpec, "user" | "additionalGids"> {
  const user = flags.text("user");
  const gids = flags.list("additional-gids").map(Number);
  if (gids.some((gid) => !Number.isInteger(gid) || gid < 0))
    throw new UsageError("--additional-gids: numbers are wanted");
  if (user === null) return { user: base.user, additionalGids: gids.length > 0 ? gids : base.additionalGids };
  const match = /^(\d+)(?::(\d+))?$/.exec(user);
  if (!match) throw new UsageError(`--user "${user}": uid[:gid], in numbers`);
  return { user: { uid: Number(match[1]), gid: Number(match[2] ?? 0) }, additionalGids: gids };
}

function withCapabilities(base: ProcessSpec["capabilities"], names: readonly string[]): ProcessSpec["capabilities"] {
  const add = (set: number) =>
    names.reduce((sum, name) => {
      const bit = capabilityBit(name);
      if (bit === null) throw new UsageError(`--cap "${name}": see capabilities(7) for the names`);
      return hasCapability(sum, bit) ? sum : sum + 2 ** bit;
    }, set);
  if (names.length === 0) return base;
  return { ...base, bounding: add(base.bounding), effective: add(base.effective), permitted: add(base.permitted) };
}

function processOf(flags: ParsedFlags, { spec }: BundleRecord): ProcessSpec {
  const file = flags.text("process");
  const args = flags.rest.slice(1);
  if (file !== null) return processFile(file);
  if (args.length === 0) throw new UsageError("no program: name it, or give --process");
  const base = spec.process;
  return {
    ...base,
    ...userOf(flags, base),
    args,
    env: [...base.env, ...flags.list("env")],
    cwd: flags.text("cwd") ?? base.cwd,
    terminal: flags.bool("tty"),
    capabilities: withCapabilities(base.capabilities, flags.list("cap")),
    noNewPrivileges: base.noNewPrivileges || flags.bool("no-new-privs"),
  };
}

function enter(runtime: OciRuntime, { id, cgroup, spec, pid }: BundleRecord, process: ProcessSpec): ExecContext {
  const { linux } = runtime;
  const windowSize = process.consoleSize ?? (process.terminal && linux.isatty(0) ? linux.getWindowSize(0) : null);
  try {
    const entered = { cgroup, spec, process, target: pid ?? -1, inheritStdio: true, windowSize };
    return enterNamespaces(runtime, { id, name: id }, entered);
  } catch (error) {
    throw error instanceof StepError ? error.cause : error;
  }
}

export const exec: OciVerb = {
  usage: "CONTAINER-ID PROGRAM [ARG...]",
  summary: "Run a further program in a container",
  flags: [
    list("additional-gids", "Further groups, in numbers", "g"),
    list("cap", "Further capabilities"),
    text("console-socket", "AF_UNIX socket that gets the terminal's master"),
    text("cwd", "Working directory"),
    bool("detach", "Do not wait for its end", "d"),
    list("env", "Further variables", "e"),
    bool("ignore-paused", "Also in a paused container: it runs when that is resumed"),
    bool("no-new-privs", "Set no_new_privs"),
    text("pid-file", "File that the process id is written to"),
    text("process", "File with the JSON of a process", "p"),
    bool("tty", "With a terminal", "t"),
    text("user", "UID[:GID]", "u"),
    { ...text("preserve-fds", ""), refused: "the program has descriptors 0, 1 and 2" },
    { ...text("cgroup", ""), refused: "programs run in the container's own cgroup" },
    { ...text("apparmor", ""), refused: "this kernel has no AppArmor" },
    { ...text("process-label", ""), refused: "this kernel has no SELinux" },
  ],
  words: [1, Number.POSITIVE_INFINITY],
  endsAtWord: true,
  async run(runtime, flags) {
    const record = requireRecord(runtime.root, idOf(flags));
    const status = statusOf(runtime, runtime.root, record);
    if (status === "stopped" || status === "creating") throw new Error(`cannot exec in a ${status} container`);
    if (status === "paused" && !flags.bool("ignore-paused")) {
      throw new Error("cannot exec in a paused container (use --ignore-paused to override)");
    }
    const process = processOf(flags, record);
    await loadSeccompCompiler(record.spec);
    const socket = flags.text("console-socket");
    const detach = flags.bool("detach");
    if (process.terminal && detach && socket === null)
      throw new UsageError("--detach with --tty needs --console-socket");
    const context = enter(runtime, record, process);
    const file = flags.text("pid-file");
    if (file !== null) writeFileSync(file, String(context.pid));
    if (context.terminal !== null && socket !== null) {
      sendTerminal(runtime.linux, socket, context.terminal);
      context.terminal = null;
    }
    return detach ? 0 : runExecSession(context);
  },
};
