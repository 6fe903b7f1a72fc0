/**
 * What a container is to be, fully resolved: the front end makes it from docker's flags and the image, oci/config.ts from
 * a bundle's config.json. Words follow the OCI runtime-spec (config.md, config-linux.md); kernel flags are numbers, sets
 * of capabilities too. It is kept in state.json, so it is plain JSON. null: not asked for, the kernel's default stays.
 *
 * `kind` says who brings the mounts: "docker" has docker's own (proc, dev, sys, cgroup, hosts files, masks) made by steps
 * of their own, and `mounts` come after them; a "bundle" has nothing but its `mounts`, in their order.
 */
import type { DeviceRule } from "../cgroups/devices.ts";
import type { Resources } from "../cgroups/resources.ts";
import type { Hooks } from "../oci/hooks.ts";
import type { SeccompProfile } from "../oci/seccomp-types.ts";

export interface Rlimit {
  readonly resource: number;
  /** -1: no limit. */
  readonly soft: number;
  readonly hard: number;
}

/** Five sets of bits, see oci/capabilities.ts; dockerCapabilities() makes them from one. */
export interface CapabilitySets {
  readonly bounding: number;
  readonly effective: number;
  readonly permitted: number;
  readonly inheritable: number;
  readonly ambient: number;
}

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessSpec {
  readonly args: readonly string[];
  /** "NAME=value" */
  readonly env: readonly string[];
  readonly cwd: string;
  /** Numbers, or docker's --user looked up in the container: "", "uid", "name", each with ":gid" or ":group". */
  readonly user: UserIds | string;
  /** Further groups: numbers, or names of the container's /etc/group (docker's --group-add). */
  readonly additionalGids: readonly (number | string)[];
  readonly umask: number | null;
  readonly terminal: boolean;
  readonly consoleSize: { readonly columns: number; readonly rows: number } | null;
  /** Whether standard input is ours (-i) or /dev/null; a bundle's process has its caller's. */
  readonly openStdin: boolean;
  readonly capabilities: CapabilitySets;
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj: number | null;
  readonly rlimits: readonly Rlimit[];
}

export interface IdMapping {
  readonly containerId: number;
  readonly hostId: number;
  readonly size: number;
}

/** An entry of `mounts` (config.md): options are mount(8)'s and the spec's own words, parsed by oci/mount-options.ts. */
export interface MountSpec {
  readonly destination: string;
  /** "bind", or a type of file system ("cgroup" is cgroup2). */
  readonly type: string;
  /** For a bind mount an absolute path outside. */
  readonly source: string;
  readonly options: readonly string[];
  /** For the options "idmap" and "ridmap"; empty: the container's own. */
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
}

export interface DeviceSpec {
  readonly path: string;
  readonly type: "c" | "b" | "p";
  readonly major: number;
  readonly minor: number;
  /** Permission bits. */
  readonly fileMode: number;
  readonly uid: number;
  readonly gid: number;
}

/** A namespace that is entered, not made: CLONE_NEW* and its file, or "container:ID", looked up at each start. */
export interface NamespaceJoin {
  readonly type: number;
  readonly path: string;
}

export interface TimeOffset {
  readonly secs: number;
  readonly nanosecs: number;
}

export interface ContainerSpec {
  readonly kind: "docker" | "bundle";
  readonly process: ProcessSpec;
  /** Folders of the unpacked layers, uppermost first, as overlayfs wants its lowerdir; empty with a rootPath. */
  readonly layers: readonly string[];
  /** A folder that is the root as it is (root.path of a bundle, absolute), in place of layers. */
  readonly rootPath: string | null;
  readonly rootReadonly: boolean;
  /** MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE, with MS_REC or without. */
  readonly rootfsPropagation: number | null;
  readonly hostname: string;
  readonly domainname: string;
  /** "name:address" lines for /etc/hosts beyond docker's own. */
  readonly extraHosts: readonly string[];
  /** In the order they are made. */
  readonly mounts: readonly MountSpec[];
  /** Made in /dev besides the default ones. */
  readonly devices: readonly DeviceSpec[];
  /** CLONE_NEW* of the namespaces that are made; those in `joins` are entered, the others are the host's. */
  readonly namespaces: number;
  readonly joins: readonly NamespaceJoin[];
  /** Of a user namespace that is made. */
  readonly uidMappings: readonly IdMapping[];
  readonly gidMappings: readonly IdMapping[];
  /** Of a time namespace that is made. */
  readonly timeOffsets: { readonly monotonic: TimeOffset | null; readonly boottime: TimeOffset | null } | null;
  /** Path of the cgroup below the cgroup2 mount ("/a/b"); null is /box/<id>. */
  readonly cgroupsPath: string | null;
  readonly resources: Resources;
  /** Rules for the cgroup's BPF program: docker's, none at all, or these in their order. */
  readonly deviceRules: "default" | "all" | readonly DeviceRule[];
  readonly seccomp: "default" | "unconfined" | SeccompProfile;
  /** docker's --privileged: every device, writable /sys. */
  readonly privileged: boolean;
  /** "default" are docker's lists. */
  readonly maskedPaths: "default" | readonly string[];
  readonly readonlyPaths: "default" | readonly string[];
  readonly shmSizeBytes: number;
  /** "name=value" of sysctl(8) names. */
  readonly sysctls: readonly string[];
  /** personality(2) */
  readonly personality: number | null;
  /** docker's --init: a reaper is PID 1, the program its child. */
  readonly init: boolean;
  readonly hooks: Hooks | null;
  readonly annotations: Readonly<Record<string, string>>;
}

export const ROOT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What docker's containers have where no flag says otherwise; the front end spreads it. */
export const DOCKER_DEFAULTS = {
  kind: "docker",
  rootPath: null,
  rootfsPropagation: null,
  devices: [],
  joins: [],
  uidMappings: [],
  gidMappings: [],
  timeOffsets: null,
  cgroupsPath: null,
  deviceRules: "default",
  maskedPaths: "default",
  readonlyPaths: "default",
  personality: null,
  init: false,
  hooks: null,
  annotations: {},
} as const satisfies Partial<ContainerSpec>;
