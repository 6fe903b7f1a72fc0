/**
 * `box oci`: a runtime for bundles with runc's command line (runtime-spec runtime.md, "Operations"). No daemon: each
 * command is a process of its own, in the namespaces of whoever calls it, and what stays is in --root.
 */

import { appendFileSync } from "node:fs";
import { CANNOT_CREATE } from "../container/init.ts";
import { DEFAULT_ROOT } from "../oci/bundle-state.ts";
import { type Flag, parseFlags, UsageError } from "./flags.ts";
import { bool, type OciRuntime, type OciVerb, text } from "./oci/oci-verb.ts";
import { OCI_VERBS } from "./oci/oci-verbs.ts";
import type { Runtime, Verb } from "./runtime.ts";

const refused = (flag: Flag, reason: string): Flag => ({ ...flag, refused: reason });

const NO_CRIU = "this kernel's containers cannot be checkpointed";

const GLOBAL_FLAGS: readonly Flag[] = [
  text("root", `Folder for the state of containers (${DEFAULT_ROOT})`),
  text("log", "Also write errors to this file"),
  text("log-format", "Format of that file (text|json)"),
  bool("debug", "Say more when something goes wrong"),
  text("rootless", "Ignored: who may make namespaces is the kernel's decision"),
  refused(bool("systemd-cgroup", ""), "there is no systemd here; cgroupsPath is a path below /sys/fs/cgroup"),
  refused(text("criu", ""), NO_CRIU),
];

/** runc's two formats of a line of the log. */
function logLine(format: string, level: string, message: string): string {
  const time = new Date().toISOString();
  if (format === "json") return `${JSON.stringify({ level, msg: message, time })}\n`;
  return `time="${time}" level=${level} msg=${JSON.stringify(message)}\n`;
}

function ociRuntime(
  runtime: Runtime,
  argv: readonly string[],
): { readonly oci: OciRuntime; readonly rest: readonly string[] } {
  const flags = parseFlags(GLOBAL_FLAGS, argv, false);
  const format = flags.text("log-format") ?? "text";
  if (format !== "text" && format !== "json")
    throw new UsageError(`invalid --log-format "${format}": use text or json`);
  const file = flags.text("log");
  const root = flags.text("root") ?? DEFAULT_ROOT;
  const oci: OciRuntime = {
    ...runtime,
    root: root.startsWith("/") ? root : `${process.cwd()}/${root}`,
    log(level, message) {
      runtime.err(`box oci: ${level === "error" ? "" : `${level}: `}${message}\n`);
      if (file) appendFileSync(file, logLine(format, level, message), { mode: 0o600 });
    },
  };
  if (flags.bool("debug")) process.env.BOX_DEBUG = "1";
  return { oci, rest: flags.rest };
}

function help(): string {
  const width = Math.max(...Object.keys(OCI_VERBS).map((name) => name.length));
  const lines = Object.entries(OCI_VERBS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  const flags = GLOBAL_FLAGS.filter(({ refused: reason }) => reason === undefined);
  const options = flags.map(({ name, kind, help: words }) => `  --${name}${kind === "bool" ? "" : " TEXT"}  ${words}`);
  return `Usage: box oci [GLOBAL OPTIONS] COMMAND\n\nCommands:\n${lines.join("\n")}\n\nGlobal options:\n${options.join("\n")}\n`;
}

function verbHelp(name: string, { usage, summary, flags }: OciVerb): string {
  const options = flags.map(({ name: flag, short, kind, help: words, refused: reason }) => {
    const label = `${short ? `-${short}, ` : ""}--${flag}${kind === "bool" ? "" : " TEXT"}`;
    return `  ${label}  ${reason === undefined ? words : `(refused: ${reason})`}`;
  });
  return `Usage: box oci ${name} [OPTIONS] ${usage}\n\n${summary}\n\nOptions:\n${options.join("\n")}\n`;
}

export const oci: Verb = {
  usage: "oci [GLOBAL OPTIONS] COMMAND",
  summary: "Run OCI bundles as runc does",
  helps: true,
  async run(runtime, argv) {
    if (argv[0] === "--help" || argv[0] === "-h") {
      runtime.out(help());
      return 0;
    }
    if (argv[0] === "--version" || argv[0] === "-v") {
      runtime.out((await import("./version.ts")).ociVersionLines(runtime.program));
      return 0;
    }
    const { oci: own, rest } = ociRuntime(runtime, argv);
    const [name, ...words] = rest;
    if (name === undefined || name === "help") {
      runtime.out(help());
      return 0;
    }
    const entry = Object.hasOwn(OCI_VERBS, name) ? OCI_VERBS[name] : undefined;
    if (!entry) {
      const needsCriu = name === "checkpoint" || name === "restore";
      const words = needsCriu ? `${name} is not supported: ${NO_CRIU}` : `unknown command "${name}"; see box oci help`;
      own.log("error", words);
      return 1;
    }
    try {
      const verb = await entry.load();
      if (words[0] === "--help" || words[0] === "-h") {
        runtime.out(verbHelp(name, verb));
        return 0;
      }
      const flags = parseFlags(verb.flags, words, verb.endsAtWord !== true);
      const [least, most] = verb.words;
      if (flags.rest.length < least || flags.rest.length > most)
        throw new UsageError(`usage: box oci ${name} ${verb.usage}`);
      return await verb.run(own, flags);
    } catch (error) {
      own.log("error", (error as Error).message);
      if (process.env.BOX_DEBUG) runtime.err(`${(error as Error).stack}\n`);
      const { exitCode = CANNOT_CREATE } = error as { exitCode?: number };
      // 125 is docker's word; an OCI runtime's is 1.
      return exitCode === CANNOT_CREATE ? 1 : exitCode;
    }
  },
};
