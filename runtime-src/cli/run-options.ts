/**
 * docker's `run` flags and an image, resolved into a ContainerSpec: limits in the kernel's units, namespaces as flags,
 * the command line put together from ENTRYPOINT and CMD. Everything that can be wrong with them is found here, before
 * anything is made; the words are docker's. What few runs ask for is in rare-options.ts, read only then.
 */
import { environmentValue } from "../container/program.ts";
import { type ContainerSpec, DOCKER_DEFAULTS, type Rlimit, ROOT_PATH } from "../container/spec.ts";
import type { AskedFor, ContainerState } from "../container/state.ts";
import type { Image } from "../image/store.ts";
import { CLONE_NEWIPC, CLONE_NEWNET, RLIMITS } from "../linux/constants.ts";
import type { NetworkSettings } from "../network/settings.ts";
import { ALL_CAPABILITIES, adjustCapabilities, DEFAULT_CAPABILITIES, dockerCapabilities } from "../oci/capabilities.ts";
import { attachedStreams } from "./attachment.ts";
import { readEnvFile } from "./environment.ts";
import { type ParsedFlags, UsageError } from "./flags.ts";
import { imageConfig } from "./image-config.ts";
import { namespacesOf } from "./namespace-options.ts";
import { parsed } from "./parsed-flag.ts";
import { resourcesOf } from "./resource-options.ts";
import type { Runtime } from "./runtime.ts";
import { parseInteger, parseSizeBytes } from "./units.ts";

const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;

function environmentOf(flags: ParsedFlags, image: Image, hostname: string, terminal: boolean): string[] {
  const env = environmentValue(image.env, "PATH") === null ? [ROOT_PATH, ...image.env] : [...image.env];
  env.push(`HOSTNAME=${hostname}`);
  if (terminal) env.push("TERM=xterm");
  const given = [...flags.list("env-file").flatMap(readEnvFile), ...flags.list("env")];
  for (const entry of given) {
    if (entry.startsWith("=") || entry === "") throw new Error(`invalid environment variable: ${entry}`);
    const name = entry.includes("=") ? entry.slice(0, entry.indexOf("=")) : entry;
    const known = env.findIndex((other) => other.startsWith(`${name}=`));
    if (known >= 0) env.splice(known, 1);
    const inherited = process.env[name];
    if (entry.includes("=")) env.push(entry);
    else if (inherited !== undefined) env.push(`${name}=${inherited}`);
  }
  return env;
}

function rlimitOf(text: string): Rlimit {
  const match = /^([a-z]+)=(-1|\d+)(?::(-1|\d+))?$/.exec(text);
  const resource = RLIMITS[`RLIMIT_${match?.[1]?.toUpperCase()}`];
  if (!match?.[2] || resource === undefined) {
    throw new UsageError(`invalid argument "${text}" for "--ulimit" flag: invalid ulimit argument: ${text}`);
  }
  const soft = Number(match[2]);
  const hard = Number(match[3] ?? match[2]);
  if (hard !== -1 && (soft > hard || soft === -1)) {
    throw new UsageError(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  }
  return { resource, soft, hard };
}

/** Only what a namespace of the container's own holds; anything else would be the whole machine's. */
function checkSysctl(text: string): string {
  const name = text.slice(0, Math.max(text.indexOf("="), 0));
  const isOwn =
    /^(?:kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced|domainname)|fs\.mqueue\.\w+|net\.[\w.-]+)$/;
  if (!isOwn.test(name) || name.includes(".."))
    throw new Error(`sysctl '${text}' is not allowed: it is not namespaced`);
  return text;
}

/** With a namespace of the host's it would be the host's value after all. */
function requireOwnNamespace({ sysctls, namespaces, joins }: ContainerSpec): void {
  const own = joins.reduce((flags, { type }) => flags | type, namespaces);
  for (const entry of sysctls) {
    const name = entry.slice(0, entry.indexOf("="));
    if (name.startsWith("net.") && !(own & CLONE_NEWNET))
      throw new Error(`sysctl '${name}' is not allowed in the host network namespace`);
    if (/^(kernel\.(msg|sem|shm)|fs\.mqueue)/.test(name) && !(own & CLONE_NEWIPC))
      throw new Error(`sysctl '${name}' is not allowed in the host ipc namespace`);
  }
}

/** docker's rule: --entrypoint also forgets the image's CMD. */
export function commandLine(image: Image, entrypoint: string | null, words: readonly string[]): string[] {
  const first = entrypoint === null ? image.entrypoint : entrypoint === "" ? [] : [entrypoint];
  const rest = words.length > 0 || entrypoint !== null ? words : image.command;
  const all = [...first, ...rest];
  if (all.length === 0) throw new Error("no command specified");
  return all;
}

/** Flags whose code is read when they are given. */
const RARE = [
  "annotation",
  "cgroup-parent",
  "device",
  "device-cgroup-rule",
  "device-read-bps",
  "device-read-iops",
  "device-write-bps",
  "device-write-iops",
  "health-cmd",
  "health-interval",
  "health-retries",
  "health-start-interval",
  "health-start-period",
  "health-timeout",
  "log-driver",
  "mount",
  "no-healthcheck",
  "privileged",
  "restart",
  "runtime",
  "security-opt",
  "tmpfs",
  "volume",
  "volume-driver",
  "volumes-from",
];

export interface Built extends Pick<ContainerState, "restart" | "health" | "mountPoints"> {
  readonly spec: ContainerSpec;
  readonly asked: AskedFor;
}

function askedFor(flags: ParsedFlags, image: Image, words: readonly string[]): AskedFor {
  const entrypoint = flags.text("entrypoint");
  const first = entrypoint === null ? image.entrypoint : entrypoint === "" ? [] : [entrypoint];
  const command = words.length > 0 || entrypoint !== null ? words : image.command;
  const attach = flags.list("attach").map((name) => name.toLowerCase());
  attachedStreams(attach, false);
  return {
    entrypoint: first.length > 0 ? first : null,
    command: command.length > 0 ? command : null,
    ...(attach.length > 0 ? { attach } : {}),
    ...(flags.bool("detach") ? { stdinOnce: false } : {}),
  };
}

export interface SpecParts {
  readonly image: Image;
  readonly words: readonly string[];
  readonly id: string;
  readonly network: NetworkSettings;
  /** "name:address" */
  readonly extraHosts: readonly string[];
  /** Of the container whose network it shares. */
  readonly sharedHostname: string | null;
}

export async function buildSpec(runtime: Runtime, flags: ParsedFlags, parts: SpecParts): Promise<Built> {
  const { image, words, id, network } = parts;
  const terminal = flags.bool("tty");
  const hostname = flags.text("hostname") ?? parts.sharedHostname ?? id.slice(0, 12);
  const cwd = flags.text("workdir") ?? image.workingDir;
  if (!cwd.startsWith("/"))
    throw new Error(`the working directory '${cwd}' is invalid, it needs to be an absolute path`);
  const privileged = flags.bool("privileged");
  const oomScoreAdj = parsed(flags, "oom-score-adj", parseInteger) ?? 0;
  if (oomScoreAdj < -1000 || oomScoreAdj > 1000) {
    throw new Error(`Invalid value ${oomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  }
  const capabilities = adjustCapabilities(
    privileged ? ALL_CAPABILITIES : DEFAULT_CAPABILITIES,
    flags.list("cap-add"),
    flags.list("cap-drop"),
  );
  const spec: ContainerSpec = {
    ...DOCKER_DEFAULTS,
    process: {
      args: commandLine(image, flags.text("entrypoint"), words),
      env: environmentOf(flags, image, hostname, terminal),
      cwd,
      user: flags.text("user") ?? image.user,
      additionalGids: flags.list("group-add"),
      umask: null,
      consoleSize: null,
      terminal,
      openStdin: flags.bool("interactive"),
      capabilities: dockerCapabilities(capabilities),
      noNewPrivileges: false,
      oomScoreAdj: oomScoreAdj === 0 ? null : oomScoreAdj,
      rlimits: flags.list("ulimit").map(rlimitOf),
    },
    layers: image.layers,
    rootReadonly: flags.bool("read-only"),
    hostname,
    domainname: flags.text("domainname") ?? "",
    extraHosts: parts.extraHosts,
    mounts: [],
    ...namespacesOf(runtime, flags, network.mode),
    resources: resourcesOf(flags),
    seccomp: privileged ? "unconfined" : "default",
    privileged,
    ...(privileged ? { deviceRules: "all", maskedPaths: [], readonlyPaths: [] } : {}),
    shmSizeBytes: parsed(flags, "shm-size", parseSizeBytes) ?? DEFAULT_SHM_BYTES,
    sysctls: flags.list("sysctl").map(checkSysctl),
    init: flags.bool("init"),
  };
  requireOwnNamespace(spec);
  const built: Built = { spec, asked: askedFor(flags, image, words) };
  const { Volumes, Healthcheck } = imageConfig(image);
  if (!Volumes && !Healthcheck && !RARE.some((name) => flags.given(name))) return built;
  const { withRareOptions } = await import("./rare-options.ts");
  return withRareOptions(runtime, flags, image, built, capabilities, id);
}
