/**
 * What a container is to be, fully resolved: the front end makes it from docker's flags and the image, an OCI bundle's
 * config.json can be read into the same. Words follow the OCI runtime-spec; kernel flags are numbers. It is kept in
 * state.json, so it is plain JSON.
 */
import type { Resources } from "../cgroups/resources.ts";

export type Network = "none" | "bridge" | "host";

export interface Rlimit {
  readonly resource: number;
  readonly soft: number;
  readonly hard: number;
}

export interface ProcessSpec {
  readonly args: readonly string[];
  /** "NAME=value" */
  readonly env: readonly string[];
  readonly cwd: string;
  /** docker's --user: "", "uid", "name", each with ":gid" or ":group". */
  readonly user: string;
  readonly terminal: boolean;
  /** Whether standard input is ours (-i) or /dev/null. */
  readonly openStdin: boolean;
  /** Bounding, permitted and effective set alike, as docker gives them; see capabilities.ts. */
  readonly capabilities: number;
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj: number;
  readonly rlimits: readonly Rlimit[];
}

/** A bind mount of the host's `source`, or a tmpfs when that is null. */
export interface VolumeSpec {
  readonly source: string | null;
  readonly destination: string;
  readonly readonly: boolean;
  /** Options of a tmpfs, e.g. "size=65536k,mode=1777". */
  readonly data: string | null;
}

export interface ContainerSpec {
  readonly process: ProcessSpec;
  /** Folders of the unpacked layers, uppermost first, as overlayfs wants its lowerdir. */
  readonly layers: readonly string[];
  readonly rootReadonly: boolean;
  readonly hostname: string;
  readonly domainname: string;
  /** "name:address" lines for /etc/hosts beyond docker's own. */
  readonly extraHosts: readonly string[];
  readonly volumes: readonly VolumeSpec[];
  /** CLONE_NEW* of the namespaces that are made; the others are the host's. */
  readonly namespaces: number;
  readonly network: Network;
  readonly resources: Resources;
  readonly seccomp: "default" | "unconfined";
  /** Every device, writable /sys, nothing masked. */
  readonly privileged: boolean;
  readonly shmSizeBytes: number;
  /** "name=value" of sysctl(8) names. */
  readonly sysctls: readonly string[];
}

export const ROOT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
