import type { LinuxCalls } from "../linux/syscalls.ts";
import type { ContainerSpec } from "./spec.ts";
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
  /** Our end of the socket to the parent. */
  readonly sync: number;
  /** Standard input, output and error for the program; unused with a terminal. */
  readonly stdio: readonly [number, number, number];
  /** Windows size of the terminal, when there is one to copy. */
  readonly windowSize: { readonly columns: number; readonly rows: number } | null;

  /** Detached mounts of what comes from outside (open_tree(2)), taken while the host is still in sight. */
  readonly trees: { readonly fd: number; readonly destination: string; readonly isFolder: boolean }[];
  user: ResolvedUser | null;
}
