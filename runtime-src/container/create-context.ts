import type { Endpoint } from "../network/endpoint.ts";
import type { BoundPort } from "../network/ports.ts";
import type { BundleInit } from "../oci/bundle-init.ts";
import type { SeccompProgram } from "../oci/seccomp-types.ts";
import type { Host } from "./host.ts";
import { runInit } from "./init.ts";
import type { InitContext } from "./init-context.ts";
import { diskFolder, newCgroupFolder, stateFolder } from "./paths.ts";
import type { MountSpec } from "./spec.ts";
import type { ContainerState } from "./state.ts";
import type { Reporter } from "./steps.ts";

/** Files of the supervisor for one stream of the container: what we keep, and what the container gets. */
export interface Stdio {
  readonly input: number | null;
  readonly output: number | null;
  readonly error: number | null;
}

/** What the tables of create and start work on. Descriptors are -1 until the step that opens them. */
export class CreateContext {
  readonly host: Host;
  state: ContainerState;
  readonly stepPort: number;
  readonly stateFolder: string;
  readonly diskFolder: string;
  readonly cgroupFolder: string;
  /** Size for the container's terminal. */
  readonly windowSize: { readonly columns: number; readonly rows: number } | null;

  seccomp: SeccompProgram | null = null;
  /** Bind mounts with mapped ids, as detached trees (idmap.ts). */
  readonly idmapTrees = new Map<MountSpec, number>();

  /** Cgroups above ours that were made for it, innermost first. */
  madeCgroups: string[] = [];
  /** Of a bundle; null for docker's. */
  bundle: BundleInit | null = null;
  /** What the new process does. */
  runInit: (context: InitContext, reporter: Reporter) => number = runInit;

  lock = -1;
  /** Volumes that were not there before. */
  readonly madeVolumes: string[] = [];
  cgroup = -1;
  /** The parent's end of the socket to the container's init. */
  sync = -1;
  pid = -1;
  pidfd = -1;
  /** The supervisor's ends. With a terminal `terminal` is the pty master and the rest null. */
  stdio: Stdio = { input: null, output: null, error: null };
  terminal: number | null = null;
  /** On its networks: what it has got so far. */
  endpoints: Endpoint[] = [];
  ports: readonly BoundPort[] = [];
  /** 127.0.0.11:53 in its network namespace; -1 without one. */
  resolver = -1;
  /** What the container's process takes over; closed here once it has. */
  childFds: number[] = [];

  constructor(
    host: Host,
    state: ContainerState,
    stepPort: number,
    windowSize: { readonly columns: number; readonly rows: number } | null,
  ) {
    this.host = host;
    this.state = state;
    this.stepPort = stepPort;
    this.windowSize = windowSize;
    this.stateFolder = stateFolder(host.paths, state.id);
    this.diskFolder = diskFolder(host.paths, state.id);
    this.cgroupFolder = newCgroupFolder(host.paths, state.id, state.spec.cgroupsPath);
  }

  closeFds(): void {
    const { input, output, error } = this.stdio;
    for (const fd of [
      this.cgroup,
      this.sync,
      this.pidfd,
      input,
      output,
      error,
      this.terminal,
      ...this.childFds,
      ...this.idmapTrees.values(),
    ]) {
      if (fd !== null && fd >= 0) this.host.linux.close(fd);
    }
    this.cgroup = this.sync = this.pidfd = -1;
    this.stdio = { input: null, output: null, error: null };
    this.terminal = null;
    this.childFds = [];
    this.idmapTrees.clear();
  }
}
