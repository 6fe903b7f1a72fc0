/**
 * state.json of a container, below /run/box/<id>: written whole to another name and renamed, so a reader sees the old
 * or the new one. What the kernel knows better (frozen or not, limits) is not in it.
 *
 * /run/box/names/<name> is a symbolic link whose text is the id: symlink(2) makes a name unique without a lock.
 * /run/box/<id>/supervisor is locked (flock(2)) as long as the process that keeps the container lives; a state that
 * says "running" without that lock is what a killed supervisor left (recover.ts).
 */
import { mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { type Paths, stateFolder } from "./paths.ts";
import type { ContainerSpec } from "./spec.ts";

/** docker's word "exited" is the OCI's "stopped". */
export type Status = "created" | "running" | "exited";

export interface ContainerState {
  readonly version: 1;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly spec: ContainerSpec;
  /** Remove it when it ends (--rm). */
  readonly autoRemove: boolean;
  readonly stopSignal: string | null;
  readonly stopTimeoutSeconds: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdMs: number;

  readonly status: Status;
  readonly pid: number | null;
  readonly supervisorPid: number | null;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  readonly error: string;
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
  const text = JSON.stringify(state);
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
    return JSON.parse(readFileSync(stateFile(paths, id), "utf8")) as ContainerState;
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

const ID = /^[0-9a-f]{64}$/;

export function containerIds(paths: Paths): string[] {
  try {
    return readdirSync(paths.run).filter((name) => ID.test(name));
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

/** docker's rule for container names. */
export const isName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= 255;

/** An id, a name, or the unique beginning of an id, in docker's order. Throws docker's words. */
export function findId(paths: Paths, reference: string): string {
  const ids = containerIds(paths);
  if (ids.includes(reference)) return reference;
  const named = idOfName(paths, reference);
  if (named !== null && ids.includes(named)) return named;
  const found = reference === "" ? [] : ids.filter((id) => id.startsWith(reference));
  if (found.length > 1) throw new Error(`multiple IDs found with provided prefix: ${reference}`);
  if (!found[0]) throw new Error(`No such container: ${reference}`);
  return found[0];
}

export function makeRunFolders(paths: Paths): void {
  mkdirSync(`${paths.run}/names`, { recursive: true });
}
