/**
 * docker's `run` flags and an image, resolved into a ContainerSpec: limits in the kernel's units, namespaces as flags,
 * the command line put together from ENTRYPOINT and CMD. Everything that can be wrong with them is found here, before
 * anything is made; the words are docker's.
 */
import { NO_LIMITS, type Resources } from "../cgroups/resources.ts";
import { environmentValue } from "../container/program.ts";
import { type ContainerSpec, DOCKER_DEFAULTS, type NamespaceJoin, type Rlimit, ROOT_PATH } from "../container/spec.ts";
import type { Image } from "../image/store.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUTS,
  RLIMITS,
} from "../linux/constants.ts";
import { type NetworkSettings, sharedWith } from "../network/settings.ts";
import { ALL_CAPABILITIES, adjustCapabilities, DEFAULT_CAPABILITIES, dockerCapabilities } from "../oci/capabilities.ts";
import { readEnvFile } from "./environment.ts";
import { type Flag, flagLabel, type ParsedFlags, UsageError } from "./flags.ts";
import { RUN_FLAGS } from "./run-flags.ts";
import { parseInteger, parseSizeBytes } from "./units.ts";
import { parseTmpfs, parseVolume } from "./volume-options.ts";

const MINIMUM_MEMORY_BYTES = 6 * 1024 * 1024;
const DEFAULT_PERIOD_USEC = 100_000;
const DEFAULT_SHM_BYTES = 64 * 1024 * 1024;
const CPU_COUNT = 1;

function flagNamed(name: string): Flag {
  const flag = RUN_FLAGS.find((known) => known.name === name);
  if (!flag) throw new Error(`no flag --${name}`);
  return flag;
}

/** The flag's value through `parse`, whose error becomes docker's "invalid argument". null: not given. */
function parsed<T>(flags: ParsedFlags, name: string, parse: (text: string) => T): T | null {
  const text = flags.text(name);
  if (text === null) return null;
  try {
    return parse(text);
  } catch (error) {
    const label = flagLabel(flagNamed(name));
    throw new UsageError(`invalid argument "${text}" for "${label}" flag: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function cpusToQuota(text: string): number {
  if (!/^\d*\.?\d+$/.test(text)) throw new Error(`failed to parse ${text} as a rational number`);
  return Number(text);
}

const swapSize = (text: string): number => (text === "-1" ? -1 : parseSizeBytes(text));

export function resourcesOf(flags: ParsedFlags): Resources {
  const memoryBytes = parsed(flags, "memory", parseSizeBytes) || null;
  const swap = parsed(flags, "memory-swap", swapSize) || null;
  const cpus = parsed(flags, "cpus", cpusToQuota) || null;
  const resources: Resources = {
    ...NO_LIMITS,
    memoryBytes,
    memorySwapBytes: swap ?? (memoryBytes === null ? null : memoryBytes * 2),
    memoryReservationBytes: parsed(flags, "memory-reservation", parseSizeBytes) || null,
    cpuQuotaUsec: cpus === null ? parsed(flags, "cpu-quota", parseInteger) || null : Math.round(cpus * 100_000),
    cpuPeriodUsec: cpus === null ? parsed(flags, "cpu-period", parseInteger) || null : DEFAULT_PERIOD_USEC,
    cpuShares: parsed(flags, "cpu-shares", parseInteger) || null,
    pids: parsed(flags, "pids-limit", parseInteger) || null,
  };
  checkResources(resources, swap, cpus);
  return resources;
}

/** docker's daemon refuses these, in these words. */
function checkResources(
  { memoryBytes, cpuQuotaUsec, cpuPeriodUsec }: Resources,
  swap: number | null,
  cpus: number | null,
) {
  if (memoryBytes !== null && memoryBytes < MINIMUM_MEMORY_BYTES)
    throw new Error("Minimum memory limit allowed is 6MB");
  if (swap !== null && memoryBytes === null) {
    throw new Error("You should always set the Memory limit when using Memoryswap limit, see usage");
  }
  if (swap !== null && swap > 0 && memoryBytes !== null && swap < memoryBytes) {
    throw new Error("Minimum memoryswap limit should be larger than memory limit, see usage");
  }
  if (cpus !== null && (cpus < 0.01 || cpus > CPU_COUNT)) {
    throw new Error(`Range of CPUs is from 0.01 to ${CPU_COUNT}.00, as there are only ${CPU_COUNT} CPUs available`);
  }
  if (cpus === null && cpuQuotaUsec !== null && cpuQuotaUsec > 0 && cpuQuotaUsec < 1000) {
    throw new Error("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  }
  if (cpuPeriodUsec !== null && (cpuPeriodUsec < 1000 || cpuPeriodUsec > 1_000_000)) {
    throw new Error("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  }
}

/** "private" makes it, "host" shares the machine's. */
function mode(flags: ParsedFlags, name: string, allowed: readonly string[], otherwise: string): string {
  const value = flags.text(name) || otherwise;
  if (!allowed.includes(value)) throw new Error(`--${name}: invalid mode "${value}": use ${allowed.join(" or ")}`);
  return value;
}

function namespacesOf(flags: ParsedFlags, networkMode: string): number {
  const modes = ["private", "host"];
  let set = CLONE_NEWNS;
  if (mode(flags, "pid", modes, "private") === "private") set |= CLONE_NEWPID;
  if (mode(flags, "uts", modes, "private") === "private") set |= CLONE_NEWUTS;
  if (mode(flags, "ipc", modes, "private") === "private") set |= CLONE_NEWIPC;
  const cgroup = flags.bool("privileged") ? "host" : "private";
  if (mode(flags, "cgroupns", modes, cgroup) === "private") set |= CLONE_NEWCGROUP;
  if (mode(flags, "time", modes, "host") === "private") set |= CLONE_NEWTIME;
  if (networkMode !== "host" && sharedWith(networkMode) === null) set |= CLONE_NEWNET;
  mode(flags, "userns", ["host"], "host");
  return set;
}

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
  if (!match?.[2] || resource === undefined) throw new UsageError(`invalid ulimit argument: ${text}`);
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

interface Security {
  readonly seccomp: ContainerSpec["seccomp"];
  readonly noNewPrivileges: boolean;
}

function securityOf(flags: ParsedFlags): Security {
  let seccomp: Security["seccomp"] = flags.bool("privileged") ? "unconfined" : "default";
  let noNewPrivileges = false;
  for (const option of flags.list("security-opt")) {
    if (option === "seccomp=unconfined") seccomp = "unconfined";
    else if (option === "no-new-privileges" || option === "no-new-privileges=true") noNewPrivileges = true;
    else throw new UsageError(`invalid --security-opt: "${option}": use seccomp=unconfined or no-new-privileges`);
  }
  return { seccomp, noNewPrivileges };
}

/** docker's rule: --entrypoint also forgets the image's CMD. */
export function commandLine(image: Image, entrypoint: string | null, words: readonly string[]): string[] {
  const first = entrypoint === null ? image.entrypoint : entrypoint === "" ? [] : [entrypoint];
  const rest = words.length > 0 || entrypoint !== null ? words : image.command;
  const all = [...first, ...rest];
  if (all.length === 0) throw new Error("no command specified");
  return all;
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

/** The network namespace of --network container:ID. */
function joinsOf({ mode }: NetworkSettings): NamespaceJoin[] {
  return sharedWith(mode) === null ? [] : [{ type: CLONE_NEWNET, path: mode }];
}

export function buildSpec(flags: ParsedFlags, parts: SpecParts): ContainerSpec {
  const { image, words, id, network } = parts;
  const terminal = flags.bool("tty");
  const hostname = flags.text("hostname") ?? parts.sharedHostname ?? id.slice(0, 12);
  const cwd = flags.text("workdir") ?? image.workingDir;
  if (!cwd.startsWith("/"))
    throw new Error(`the working directory '${cwd}' is invalid, it needs to be an absolute path`);
  const privileged = flags.bool("privileged");
  const { seccomp, noNewPrivileges } = securityOf(flags);
  if ((flags.text("restart") ?? "no") !== "no") throw new UsageError('--restart is not supported: only "no"');
  const oomScoreAdj = parsed(flags, "oom-score-adj", parseInteger) ?? 0;
  if (oomScoreAdj < -1000 || oomScoreAdj > 1000) {
    throw new Error(`Invalid value ${oomScoreAdj}, range for oom score adj is [-1000, 1000]`);
  }
  return {
    ...DOCKER_DEFAULTS,
    process: {
      args: commandLine(image, flags.text("entrypoint"), words),
      env: environmentOf(flags, image, hostname, terminal),
      cwd,
      user: flags.text("user") ?? image.user,
      additionalGids: [],
      umask: null,
      consoleSize: null,
      terminal,
      openStdin: flags.bool("interactive"),
      capabilities: dockerCapabilities(
        adjustCapabilities(
          privileged ? ALL_CAPABILITIES : DEFAULT_CAPABILITIES,
          flags.list("cap-add"),
          flags.list("cap-drop"),
        ),
      ),
      noNewPrivileges,
      oomScoreAdj: oomScoreAdj === 0 ? null : oomScoreAdj,
      rlimits: flags.list("ulimit").map(rlimitOf),
    },
    layers: image.layers,
    rootReadonly: flags.bool("read-only"),
    hostname,
    domainname: flags.text("domainname") ?? "",
    extraHosts: parts.extraHosts,
    mounts: [...flags.list("volume").map(parseVolume), ...flags.list("tmpfs").map(parseTmpfs)],
    namespaces: namespacesOf(flags, network.mode),
    joins: joinsOf(network),
    resources: resourcesOf(flags),
    seccomp,
    privileged,
    ...(privileged ? { deviceRules: "all", maskedPaths: [], readonlyPaths: [] } : {}),
    shmSizeBytes: parsed(flags, "shm-size", parseSizeBytes) ?? DEFAULT_SHM_BYTES,
    sysctls: flags.list("sysctl").map(checkSysctl),
  };
}
