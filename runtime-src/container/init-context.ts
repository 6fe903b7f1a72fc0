import type { LinuxCalls } from "../linux/syscalls.ts";
import type { Endpoint } from "../network/endpoint.ts";
import type { BundleInit } from "../oci/bundle-init.ts";
import type { PreparedMount } from "./mounts.ts";
import type { ContainerSpec, MountSpec } from "./spec.ts";
import type { ResolvedUser } from "./user.ts";

/** What the container's first process has when it starts: a copy of its parent's memory, see init-steps.ts. */
export interface InitContext {
  readonly linux: LinuxCalls;
  readonly spec: ContainerSpec;
  /** Where the root is mounted before it becomes "/"; every container uses the same folder, each in its own namespace. */
  readonly rootPath: string;
  /** overlayfs: the layer of empty mount points, see init-layer.ts. */
  readonly initLayer: string;
  /** overlayfs: where writes go, on a disk. */
  readonly upperDir: string;
  readonly workDir: string;
  /** hosts, hostname and resolv.conf of this container on the host. */
  readonly etcDir: string;
  /** Its cgroup, as the host names it. */
  readonly cgroupFolder: string;
  /** Our end of the socket to the parent. */
  readonly sync: number;
  /** Whether the parent has to do something before anything can be done here. */
  readonly waits: boolean;
  /** What it is to configure in its network namespace; the devices are there. */
  readonly endpoints: readonly Endpoint[];
  /** Standard input, output and error for the program; unused with a terminal. */
  readonly stdio: readonly [number, number, number];
  /** Windows size of the terminal, when there is one to copy. */
  readonly windowSize: { readonly columns: number; readonly rows: number } | null;
  /** The compiled filter; null for none. */
  readonly seccomp: Uint8Array | null;
  /** SECCOMP_FILTER_FLAG_* */
  readonly seccompFlags: number;
  /** Bind mounts with mapped ids: trees that only the parent could make (idmap.ts). */
  readonly idmapTrees: ReadonlyMap<MountSpec, number>;
  /** Of a bundle: how create and start meet, and its hooks. */
  readonly bundle: BundleInit | null;

  /** docker's files of /etc, detached. */
  readonly etcTrees: { readonly fd: number; readonly destination: string }[];
  readonly prepared: PreparedMount[];
  user: ResolvedUser | null;
  /** Of a bundle: its root, before and while it becomes "/". */
  rootFd: number;
}
