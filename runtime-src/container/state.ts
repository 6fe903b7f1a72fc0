/**
 * state.json of a container, below /run/box/<id>: written whole to another name and renamed, so a reader sees the old
 * or the new one. What the kernel knows better (frozen or not, limits) is not in it.
 *
 * /run/box/names/<name> is a symbolic link whose text is the id: symlink(2) makes a name unique without a lock.
 * /run/box/<id>/supervisor is locked (flock(2)) as long as the process that keeps the container lives; a state that
 * says "running" without that lock is what a killed supervisor left (recover.ts).
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { LOCK_EX, LOCK_UN, O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "../linux/constants.ts";
import type { NetworkSettings } from "../network/settings.ts";
import type { Host } from "./host.ts";
import { type Paths, stateFolder } from "./paths.ts";
import type { RestartPolicy } from "./restart-policy.ts";
import type { ContainerSpec } from "./spec.ts";
import { parseState, stateText } from "./summary.ts";

/** docker's word "exited" is the OCI's "stopped"; "restarting" waits for its restart policy's next try. */
export type Status = "created" | "running" | "restarting" | "exited";

/** docker's --health-*: `test` is ["CMD", …] or ["CMD-SHELL", line]. */
export interface HealthCheck {
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly startPeriodMs: number;
  readonly startIntervalMs: number;
  readonly retries: number;
}

/** A volume of the container as `docker inspect` and `docker rm -v` need it; the mount itself is in the spec. */
export interface MountPoint {
  readonly type: "bind" | "volume" | "tmpfs";
  /** Of a volume. */
  readonly name?: string;
  /** Made for this container alone, goes with it. */
  readonly anonymous?: boolean;
  /** false: a new one stays empty (nocopy). */
  readonly copies?: boolean;
  readonly source: string;
  readonly destination: string;
  readonly mode: string;
  readonly readonly: boolean;
  readonly propagation?: string;
}

/** What only `docker inspect` wants to know again: as it was asked for. */
export interface AskedFor {
  readonly entrypoint: readonly string[] | null;
  readonly command: readonly string[] | null;
  readonly exposedPorts?: readonly string[];
  /** -a; empty: all that there is. */
  readonly attach?: readonly string[];
  /** docker's StdinOnce: false (-d) lets its input outlive whoever attached and went. */
  readonly stdinOnce?: boolean;
  readonly binds?: readonly string[];
  readonly volumesFrom?: readonly string[];
  readonly logOptions?: Readonly<Record<string, string>>;
}

export interface ContainerState {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly spec: ContainerSpec;
  readonly network: NetworkSettings;
  /** Remove it when it ends (--rm). */
  readonly autoRemove: boolean;
  readonly stopSignal: string | null;
  readonly stopTimeoutSeconds: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;
  /** Left out where nothing was asked for. */
  readonly restart?: RestartPolicy;
  readonly health?: HealthCheck;
  readonly mountPoints?: readonly MountPoint[];
  readonly asked?: AskedFor;

  readonly status: Status;
  readonly pid: number | null;
  readonly supervisorPid: number | null;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  readonly error: string;
  /** How often the restart policy has started it since a command did. */
  readonly restartCount?: number;
  /** A command has stopped it: no policy starts it again. */
  readonly stopRequested?: boolean;
}

export const stateFile = (paths: Paths, id: string): string => `${stateFolder(paths, id)}/state.json`;
export const nameLink = (paths: Paths, name: string): string => `${paths.run}/names/${name}`;
export const supervisorLock = (paths: Paths, id: string): string => `${stateFolder(paths, id)}/supervisor`;

const isFull = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT";
};

export function writeState(paths: Paths, state: ContainerState): void {
  const file = stateFile(paths, state.id);
  const text = stateText(state);
  try {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    unlinkIfThere(`${file}.new`);
    if (!isFull(error)) throw error;
    // A full tmpfs has no page for a second file, but the first one keeps its pages when it is not cut first.
    writeFileSync(file, text.padEnd(sizeOf(file)), { flag: "r+" });
  }
}

/** Whoever else changes the same container's state waits (flock(2) on its folder). null when there is no container. */
export function withStateLocked<T>({ linux, paths }: Host, id: string, act: () => T): T | null {
  let lock: number;
  try {
    lock = linux.open(stateFolder(paths, id), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    linux.flock(lock, LOCK_EX);
    return act();
  } finally {
    // a process that is made meanwhile has a copy of the descriptor for a moment
    linux.flock(lock, LOCK_UN);
    linux.close(lock);
  }
}

/**
 * Reads, changes and writes as one. null from `change` leaves it as it is. Returns what it says then; null when there is no
 * container (any more).
 */
export const changeState = (
  host: Host,
  id: string,
  change: (state: ContainerState) => ContainerState | null,
): ContainerState | null =>
  withStateLocked(host, id, () => {
    const state = readState(host.paths, id);
    const changed = state && change(state);
    if (changed) writeState(host.paths, changed);
    return changed ?? state;
  });

const sizeOf = (file: string): number => readFileSync(file).length;

export function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** null where there is no such container, or none whose creation has come to the end. */
export function readState(paths: Paths, id: string): ContainerState | null {
  try {
    return parseState(readFileSync(stateFile(paths, id), "utf8") as string);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Error(
      `${stateFile(paths, id)}: ${(error as Error).message}; remove the container with 'box rm -f ${id}'`,
      {
        cause: error,
      },
    );
  }
}

/** Everything else in the folder has a short name. */
const ID_LENGTH = 64;

const isId = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

export function containerIds(paths: Paths): string[] {
  try {
    return readdirSync(paths.run).filter((name) => name.length === ID_LENGTH);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** The id behind a name, null when the name is free. */
export function idOfName(paths: Paths, name: string): string | null {
  if (!isName(name)) return null;
  try {
    return readlinkSync(nameLink(paths, name));
  } catch {
    return null;
  }
}

/** The names that point to an id, for whom its state is not there to ask. */
export function namesOf(paths: Paths, id: string): string[] {
  try {
    return readdirSync(`${paths.run}/names`).filter((name) => idOfName(paths, name) === id);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** docker's rule for container names. */
export const isName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= 255;

/** An id, a name, or the unique beginning of an id, in docker's order. Throws docker's words. */
export function findId(paths: Paths, reference: string): string {
  if (isId(reference) && existsSync(stateFolder(paths, reference))) return reference;
  const named = idOfName(paths, reference);
  if (named !== null && existsSync(stateFolder(paths, named))) return named;
  const found = reference === "" ? [] : containerIds(paths).filter((id) => id.startsWith(reference));
  if (found.length > 1) throw new Error(`multiple IDs found with provided prefix: ${reference}`);
  if (!found[0]) throw new Error(`No such container: ${reference}`);
  return found[0];
}

export function makeRunFolders(paths: Paths): void {
  mkdirSync(`${paths.run}/names`, { recursive: true });
}
