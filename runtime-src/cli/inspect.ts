/** `docker inspect` of containers and images: docker's fields, with what we know and nothing made up. */

import { flatKey } from "../cgroups/container-cgroup.ts";
import { logFile } from "../container/log-file.ts";
import { cgroupFolder, diskFolder, shortId, stateFolder } from "../container/paths.ts";
import type { MountSpec } from "../container/spec.ts";
import type { ContainerState } from "../container/state.ts";
import { findImage, type Image } from "../image/store.ts";
import { CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWUTS } from "../linux/constants.ts";
import { CAPABILITY_COUNT, capabilityNames, DEFAULT_CAPABILITIES, hasCapability } from "../oci/capabilities.ts";
import { requireContainer, requireWords } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { formatOne } from "./format.ts";
import { dockerStatus } from "./ps.ts";
import type { Runtime, Verb } from "./runtime.ts";

const FLAGS: readonly Flag[] = [
  { name: "format", short: "f", kind: "text", help: "Format output: json, or a template of {{.Fields}}" },
  { name: "type", kind: "text", help: "Return JSON for specified type (container|image)" },
];

const NEVER = "0001-01-01T00:00:00Z";
const time = (ms: number | null): string => (ms === null ? NEVER : new Date(ms).toISOString());
const isReadonly = ({ options }: MountSpec): boolean => options.includes("ro") || options.includes("rro");
const modeOf = (namespaces: number, flag: number): string => (namespaces & flag ? "private" : "host");

function capabilityChanges(set: number) {
  const names = (wanted: (bit: number) => boolean) => {
    let changed = 0;
    for (let bit = 0; bit < CAPABILITY_COUNT; bit++) if (wanted(bit)) changed += 2 ** bit;
    return changed === 0 ? null : capabilityNames(changed);
  };
  const has = (bit: number) => hasCapability(set, bit);
  const usual = (bit: number) => hasCapability(DEFAULT_CAPABILITIES, bit);
  return { CapAdd: names((bit) => has(bit) && !usual(bit)), CapDrop: names((bit) => !has(bit) && usual(bit)) };
}

function stateFields(runtime: Runtime, state: ContainerState) {
  const status = dockerStatus(runtime, state);
  const cgroup = cgroupFolder(runtime.paths, state.id);
  const killed = state.status === "running" ? (flatKey(cgroup, "memory.events", "oom_kill") ?? 0) > 0 : state.oomKilled;
  return {
    Status: status,
    Running: state.status === "running",
    Paused: status === "paused",
    Restarting: false,
    OOMKilled: killed,
    Dead: false,
    Pid: state.pid ?? 0,
    ExitCode: state.exitCode ?? 0,
    Error: state.error,
    StartedAt: time(state.startedMs),
    FinishedAt: time(state.finishedMs),
  };
}

function hostConfig(state: ContainerState) {
  const { spec } = state;
  const { resources, namespaces } = spec;
  return {
    Binds: spec.mounts.flatMap((mount) =>
      mount.type === "bind" ? [`${mount.source}:${mount.destination}${isReadonly(mount) ? ":ro" : ""}`] : [],
    ),
    NetworkMode: spec.network,
    AutoRemove: state.autoRemove,
    ...capabilityChanges(spec.process.capabilities.bounding),
    CgroupnsMode: modeOf(namespaces, CLONE_NEWCGROUP),
    IpcMode: modeOf(namespaces, CLONE_NEWIPC),
    PidMode: modeOf(namespaces, CLONE_NEWPID),
    UTSMode: modeOf(namespaces, CLONE_NEWUTS),
    Privileged: spec.privileged,
    ReadonlyRootfs: spec.rootReadonly,
    SecurityOpt: [
      ...(spec.seccomp === "unconfined" && !spec.privileged ? ["seccomp=unconfined"] : []),
      ...(spec.process.noNewPrivileges ? ["no-new-privileges"] : []),
    ],
    OomScoreAdj: spec.process.oomScoreAdj ?? 0,
    ShmSize: spec.shmSizeBytes,
    Memory: resources.memoryBytes ?? 0,
    MemorySwap: resources.memorySwapBytes ?? 0,
    MemoryReservation: resources.memoryReservationBytes ?? 0,
    CpuShares: resources.cpuShares ?? 0,
    CpuPeriod: resources.cpuPeriodUsec ?? 0,
    CpuQuota: resources.cpuQuotaUsec ?? 0,
    PidsLimit: resources.pids,
  };
}

function containerFields(runtime: Runtime, state: ContainerState) {
  const { paths } = runtime;
  const { spec, id } = state;
  const files = stateFolder(paths, id);
  const disk = diskFolder(paths, id);
  return {
    Id: id,
    Created: time(state.createdMs),
    Path: spec.process.args[0],
    Args: spec.process.args.slice(1),
    State: stateFields(runtime, state),
    Image: state.imageId,
    ResolvConfPath: `${files}/resolv.conf`,
    HostnamePath: `${files}/hostname`,
    HostsPath: `${files}/hosts`,
    LogPath: logFile(disk, id),
    Name: `/${state.name}`,
    Platform: "linux",
    HostConfig: hostConfig(state),
    GraphDriver: {
      Name: "overlay2",
      Data: { LowerDir: spec.layers.join(":"), UpperDir: `${disk}/upper`, WorkDir: `${disk}/work` },
    },
    Mounts: spec.mounts.map((mount) => ({
      Type: mount.type,
      Source: mount.type === "bind" ? mount.source : "",
      Destination: mount.destination,
      RW: !isReadonly(mount),
    })),
    Config: {
      Hostname: spec.hostname,
      Domainname: spec.domainname,
      User: spec.process.user,
      Tty: spec.process.terminal,
      OpenStdin: spec.process.openStdin,
      Env: spec.process.env,
      Cmd: spec.process.args,
      Image: state.image,
      WorkingDir: spec.process.cwd,
      Labels: state.labels,
      ...(state.stopSignal === null ? {} : { StopSignal: state.stopSignal }),
    },
    /** Path from the cgroup2 root, as the kernel writes it; docker has no field for it. */
    CgroupPath: `${paths.cgroupName}/${shortId(id)}`,
  };
}

const imageFields = (image: Image) => ({
  Id: image.id,
  RepoTags: [image.name],
  RepoDigests: [`${image.name.replace(/:[^:]*$/, "")}@${image.digest}`],
  Created: time(image.createdMs),
  Architecture: "386",
  Os: "linux",
  Size: image.sizeBytes,
  Config: {
    User: image.user,
    Env: image.env,
    Cmd: image.command,
    Entrypoint: image.entrypoint.length > 0 ? image.entrypoint : null,
    WorkingDir: image.workingDir,
    Labels: image.labels,
  },
  GraphDriver: { Name: "overlay2", Data: { LowerDir: image.layers.join(":") } },
});

function inspectOne(runtime: Runtime, reference: string, type: string | null): unknown {
  let missing: Error | null = null;
  if (type !== "image") {
    try {
      return containerFields(runtime, requireContainer(runtime, reference));
    } catch (error) {
      missing = error as Error;
      if (type === "container" || !missing.message.startsWith("No such container")) throw error;
    }
  }
  const image = findImage(runtime.paths, reference);
  if (!image) throw new Error(`No such ${type ?? "object"}: ${reference}`);
  return imageFields(image);
}

export const inspect: Verb = {
  usage: "inspect [OPTIONS] NAME|ID [NAME|ID...]",
  summary: "Return low-level information on containers and images",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(runtime, "inspect", flags.rest);
    const found: unknown[] = [];
    const errors: string[] = [];
    for (const reference of flags.rest) {
      try {
        found.push(inspectOne(runtime, reference, flags.text("type")));
      } catch (error) {
        errors.push((error as Error).message);
      }
    }
    const format = flags.text("format");
    if (format !== null) runtime.out(found.map((entry) => `${formatOne(format, entry)}\n`).join(""));
    else runtime.out(`${JSON.stringify(found, null, 4)}\n`);
    runtime.err(errors.map((message) => `Error: ${message}\n`).join(""));
    return errors.length > 0 ? 1 : 0;
  },
};
