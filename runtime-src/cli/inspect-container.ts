/** docker's object of a container: its fields, with what we know and nothing made up. */

import { flatKey } from "../cgroups/container-cgroup.ts";
import type { Resources } from "../cgroups/resources.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { readHealth } from "../container/health-file.ts";
import { logFile } from "../container/log-file.ts";
import { diskFolder, shortId, stateFolder } from "../container/paths.ts";
import { NO_RESTART } from "../container/restart-policy.ts";
import type { ContainerSpec, MountSpec } from "../container/spec.ts";
import type { ContainerState, MountPoint } from "../container/state.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  RLIMITS,
} from "../linux/constants.ts";
import { CAPABILITY_COUNT, capabilityNames, DEFAULT_CAPABILITIES, hasCapability } from "../oci/capabilities.ts";
import { dockerStatus } from "./container-row.ts";
import { networkFields, portBindings } from "./network-fields.ts";
import type { Runtime } from "./runtime.ts";
import { filesSize } from "./tree-size.ts";

const NEVER = "0001-01-01T00:00:00Z";
const NANOS = 1_000_000;

export const time = (ms: number | null): string => (ms === null ? NEVER : new Date(ms).toISOString());
const isReadonly = ({ options }: MountSpec): boolean => options.includes("ro") || options.includes("rro");

/** "private", "host", or whose it shares. */
function modeOf({ namespaces, joins }: ContainerSpec, type: number): string {
  const join = joins.find((entry) => entry.type === type);
  return join ? join.path : namespaces & type ? "private" : "host";
}

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
  const cgroup = cgroupOf(runtime, state);
  const killed = state.status === "running" ? (flatKey(cgroup, "memory.events", "oom_kill") ?? 0) > 0 : state.oomKilled;
  return {
    Status: status,
    Running: state.status === "running" || state.status === "restarting",
    Paused: status === "paused",
    Restarting: status === "restarting",
    OOMKilled: killed,
    Dead: false,
    Pid: state.pid ?? 0,
    ExitCode: state.exitCode ?? 0,
    Error: state.error,
    StartedAt: time(state.startedMs),
    FinishedAt: time(state.finishedMs),
    // undefined: not in the JSON, nil for a template, as docker's pointer
    Health: state.health
      ? (readHealth(runtime.paths, state.id) ?? { Status: "starting", FailingStreak: 0, Log: [] })
      : undefined,
  };
}

function rates(resources: Resources, key: "readBps" | "writeBps" | "readIops" | "writeIops") {
  const found = resources.io.flatMap(({ major, minor, [key]: rate }) =>
    rate === null ? [] : [{ Path: `/dev/block/${major}:${minor}`, Rate: rate }],
  );
  return found.length > 0 ? found : null;
}

function limits(resources: Resources) {
  return {
    Memory: resources.memoryBytes ?? 0,
    MemorySwap: resources.memorySwapBytes ?? 0,
    MemoryReservation: resources.memoryReservationBytes ?? 0,
    MemorySwappiness: null,
    OomKillDisable: null,
    CpuShares: resources.cpuShares ?? 0,
    NanoCpus: 0,
    CpuPeriod: resources.cpuPeriodUsec ?? 0,
    CpuQuota: resources.cpuQuotaUsec ?? 0,
    PidsLimit: resources.pids,
    BlkioWeight: 0,
    BlkioDeviceReadBps: rates(resources, "readBps"),
    BlkioDeviceWriteBps: rates(resources, "writeBps"),
    BlkioDeviceReadIOps: rates(resources, "readIops"),
    BlkioDeviceWriteIOps: rates(resources, "writeIops"),
  };
}

const ulimitName = (resource: number): string =>
  (Object.entries(RLIMITS).find(([, number]) => number === resource)?.[0] ?? "").replace("RLIMIT_", "").toLowerCase();

function securityOptions({ seccomp, privileged, process }: ContainerSpec): string[] | null {
  const options = [
    ...(seccomp === "unconfined" && !privileged ? ["seccomp=unconfined"] : []),
    ...(typeof seccomp === "object" ? [`seccomp=${JSON.stringify(seccomp)}`] : []),
    ...(process.noNewPrivileges ? ["no-new-privileges"] : []),
  ];
  return options.length > 0 ? options : null;
}

function hostConfig(state: ContainerState) {
  const { spec, asked } = state;
  const { resources, process } = spec;
  const restart = state.restart ?? NO_RESTART;
  return {
    Binds: asked?.binds && asked.binds.length > 0 ? asked.binds : null,
    LogConfig: { Type: "json-file", Config: {} },
    NetworkMode: state.network.mode,
    PortBindings: portBindings(state.network.publish),
    Dns: state.network.dns.servers,
    DnsSearch: state.network.dns.search,
    DnsOptions: state.network.dns.options,
    RestartPolicy: { Name: restart.name, MaximumRetryCount: restart.maximumRetryCount },
    AutoRemove: state.autoRemove,
    VolumesFrom: asked?.volumesFrom ?? null,
    ...capabilityChanges(process.capabilities.bounding),
    CgroupnsMode: modeOf(spec, CLONE_NEWCGROUP),
    CgroupParent: spec.cgroupsPath === null ? "" : spec.cgroupsPath.replace(/\/[^/]*$/, ""),
    ExtraHosts: spec.extraHosts.length > 0 ? spec.extraHosts : null,
    GroupAdd: process.additionalGids.length > 0 ? process.additionalGids.map(String) : null,
    Init: spec.init ? true : undefined,
    IpcMode: modeOf(spec, CLONE_NEWIPC),
    PidMode: modeOf(spec, CLONE_NEWPID) === "private" ? "" : modeOf(spec, CLONE_NEWPID),
    UTSMode: modeOf(spec, CLONE_NEWUTS) === "private" ? "" : modeOf(spec, CLONE_NEWUTS),
    UsernsMode: spec.namespaces & CLONE_NEWUSER ? "private" : "",
    Privileged: spec.privileged,
    ReadonlyRootfs: spec.rootReadonly,
    SecurityOpt: securityOptions(spec),
    OomScoreAdj: process.oomScoreAdj ?? 0,
    ShmSize: spec.shmSizeBytes,
    Sysctls: Object.fromEntries(spec.sysctls.map((entry) => entry.split(/=(.*)/s).slice(0, 2))),
    Tmpfs: Object.fromEntries(
      spec.mounts
        .filter(({ type }) => type === "tmpfs")
        .map(({ destination, options }) => [destination, options.join(",")]),
    ),
    Ulimits: process.rlimits.map(({ resource, soft, hard }) => ({
      Name: ulimitName(resource),
      Hard: hard,
      Soft: soft,
    })),
    Devices: (spec.privileged ? [] : spec.devices).map(({ path }) => ({ PathInContainer: path })),
    Runtime: "box",
    ...limits(resources),
    MaskedPaths: spec.maskedPaths === "default" ? undefined : spec.maskedPaths,
    ReadonlyPaths: spec.readonlyPaths === "default" ? undefined : spec.readonlyPaths,
  };
}

const mountFields = (mount: MountPoint) => ({
  Type: mount.type,
  ...(mount.name === undefined ? {} : { Name: mount.name, Driver: "local" }),
  Source: mount.source,
  Destination: mount.destination,
  Mode: mount.mode,
  RW: !mount.readonly,
  Propagation: mount.propagation ?? (mount.type === "bind" ? "rprivate" : ""),
});

/** A container whose state was written without its mount points has them in its spec. */
const mountPointsOf = ({ mountPoints, spec }: ContainerState): readonly MountPoint[] =>
  mountPoints ??
  spec.mounts.map((mount) => ({
    type: mount.type === "bind" ? "bind" : "tmpfs",
    source: mount.type === "bind" ? mount.source : "",
    destination: mount.destination,
    mode: "",
    readonly: isReadonly(mount),
  }));

function config(state: ContainerState) {
  const { spec, asked, health, network } = state;
  const { process } = spec;
  const attach = asked?.attach ?? [];
  const isOnce = process.openStdin && asked?.stdinOnce !== false;
  const isAttached = (name: string) => attach.length === 0 || attach.includes(name);
  const ports = network.exposed;
  return {
    Hostname: spec.hostname,
    Domainname: spec.domainname,
    User: typeof process.user === "string" ? process.user : `${process.user.uid}:${process.user.gid}`,
    AttachStdin: isOnce && isAttached("stdin"),
    AttachStdout: asked?.stdinOnce !== false && isAttached("stdout"),
    AttachStderr: asked?.stdinOnce !== false && isAttached("stderr"),
    ...(ports.length > 0 ? { ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])) } : {}),
    Tty: process.terminal,
    OpenStdin: process.openStdin,
    StdinOnce: isOnce,
    Env: process.env,
    Cmd: asked ? asked.command : process.args,
    Healthcheck: health
      ? {
          Test: health.test,
          Interval: health.intervalMs * NANOS,
          Timeout: health.timeoutMs * NANOS,
          StartPeriod: health.startPeriodMs * NANOS,
          StartInterval: health.startIntervalMs * NANOS,
          Retries: health.retries,
        }
      : undefined,
    Image: state.image,
    Volumes: null,
    WorkingDir: process.cwd,
    Entrypoint: asked ? asked.entrypoint : null,
    Labels: state.labels,
    ...(state.stopSignal === null ? {} : { StopSignal: state.stopSignal }),
    StopTimeout: state.stopTimeoutSeconds ?? undefined,
  };
}

export function containerFields(runtime: Runtime, state: ContainerState, size: boolean) {
  const { paths } = runtime;
  const { spec, id } = state;
  const files = stateFolder(paths, id);
  const disk = diskFolder(paths, id);
  const sizes = () => {
    const SizeRw = filesSize(`${disk}/upper`);
    return { SizeRw, SizeRootFs: spec.layers.reduce((sum, layer) => sum + filesSize(layer), SizeRw) };
  };
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
    RestartCount: state.restartCount ?? 0,
    Driver: "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: null,
    HostConfig: hostConfig(state),
    GraphDriver: {
      Name: "overlay2",
      Data: { LowerDir: spec.layers.join(":"), UpperDir: `${disk}/upper`, WorkDir: `${disk}/work` },
    },
    ...(size ? sizes() : {}),
    Mounts: mountPointsOf(state).map(mountFields),
    NetworkSettings: networkFields(state),
    Config: config(state),
    /** Path from the cgroup2 root, as the kernel writes it; docker has no field for it. */
    CgroupPath: spec.cgroupsPath ?? `${paths.cgroupName}/${shortId(id)}`,
  };
}
