/**
 * What is kept of a bundle's container, below --root: ROOT/ID/state.json, written whole and renamed; ROOT/ID/exec.fifo as
 * long as it has not been started; ROOT/ID/lock, held (flock(2)) by who works on it. The status is never kept: the
 * kernel knows it (runtime.md, "State").
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isFrozen } from "../cgroups/container-cgroup.ts";
import { type Host, isErrno } from "../container/host.ts";
import type { ContainerSpec } from "../container/spec.ts";
import { openStepPort, stepReporter } from "../container/step-port.ts";
import type { Reporter } from "../container/steps.ts";
import { LOCK_EX, LOCK_NB, O_CLOEXEC, O_CREAT, O_RDWR } from "../linux/constants.ts";
import { OCI_VERSION } from "./version.ts";

export type BundleStatus = "creating" | "created" | "running" | "paused" | "stopped";

export interface BundleRecord {
  readonly id: string;
  readonly bundle: string;
  readonly spec: ContainerSpec;
  /** Absolute path of its cgroup, and those above it that are made for it, innermost first; noted before they are. */
  readonly cgroup: string;
  readonly madeCgroups: readonly string[];
  /** null until create has come to its end. */
  readonly pid: number | null;
  /** Field 22 of /proc/PID/stat: another process with that number is another one. */
  readonly startTicks: number | null;
  readonly createdMs: number;
  readonly owner: string;
}

/** Where bundles' containers are; --root changes it. */
export const DEFAULT_ROOT = "/run/box-oci";

export const bundleFolder = (root: string, id: string): string => `${root}/${id}`;
export const startFifo = (root: string, id: string): string => `${bundleFolder(root, id)}/exec.fifo`;
export const resultFifo = (root: string, id: string): string => `${bundleFolder(root, id)}/result.fifo`;

/** runc's rule, and no "." or "..". */
export function checkId(id: string): string {
  const isOwn = /^[\w+.-]+$/.test(id) && id !== "." && id !== ".." && id.length <= 1024;
  if (!isOwn) throw new Error(`invalid container id "${id}": letters, digits and _ + - . are allowed`);
  return id;
}

export function writeRecord(root: string, record: BundleRecord): void {
  const file = `${bundleFolder(root, record.id)}/state.json`;
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function findRecord(root: string, id: string): BundleRecord | null {
  try {
    return JSON.parse(readFileSync(`${bundleFolder(root, checkId(id))}/state.json`, "utf8")) as BundleRecord;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

export function requireRecord(root: string, id: string): BundleRecord {
  const record = findRecord(root, id);
  if (!record) throw new Error(`container "${id}" does not exist`);
  return record;
}

export function recordIds(root: string): string[] {
  try {
    return readdirSync(root).sort();
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

interface ProcessStat {
  readonly state: string;
  readonly startTicks: number;
}

/** null: there is no such process. */
export function processStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ESRCH")) return null;
    throw error;
  }
  // The name, in parentheses, may have anything in it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", startTicks: Number(fields[19]) };
}

export function isAlive({ pid, startTicks }: BundleRecord): boolean {
  const stat = pid === null ? null : processStat(pid);
  return stat !== null && stat.startTicks === startTicks && stat.state !== "Z" && stat.state !== "X";
}

export function statusOf(host: Pick<Host, "linux">, root: string, record: BundleRecord): BundleStatus {
  if (record.pid === null) return "creating";
  if (!isAlive(record)) return "stopped";
  if (isFrozen(host, record.cgroup)) return "paused";
  return existsSync(startFifo(root, record.id)) ? "created" : "running";
}

/** A descriptor that holds the lock; null: somebody else has it, and `wait` is not wanted. */
export function lockBundle({ linux }: Host, root: string, id: string, wait = true): number | null {
  let fd: number;
  try {
    fd = linux.open(`${bundleFolder(root, id)}/lock`, O_RDWR | O_CREAT | O_CLOEXEC, 0o600);
  } catch (error) {
    if (isErrno(error, "ENOENT")) throw new Error(`container "${id}" does not exist`, { cause: error });
    throw error;
  }
  try {
    linux.flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
    return fd;
  } catch (error) {
    linux.close(fd);
    if (isErrno(error, "EAGAIN", "EWOULDBLOCK")) return null;
    throw error;
  }
}

export const removeRecord = (root: string, id: string): void =>
  rmSync(bundleFolder(root, id), { recursive: true, force: true });

/** The state as `state` prints it and hooks read it; "paused" is runc's word beyond the spec's four. */
export function stateObject(record: BundleRecord, status: BundleStatus, pid: number | null) {
  return {
    ociVersion: OCI_VERSION,
    id: record.id,
    status,
    ...(pid === null || status === "stopped" ? {} : { pid }),
    bundle: record.bundle,
    annotations: record.spec.annotations,
  };
}

/** Where steps on a bundle's container are reported; `operation` is the table's name. */
export const bundleReporter = ({ linux, paths }: Host, { id }: BundleRecord, operation: string): Reporter =>
  stepReporter(linux, openStepPort(linux, paths.steps), { id, name: id }, operation);
