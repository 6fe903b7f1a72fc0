/**
 * Holds introspection against the guest's own words. The guest goes on while it tells, so it is asked between two
 * snapshots: what both agree on must be told just so; what moved must be told within the two.
 */
import { type Cgroup, type KernelSnapshot, NAMESPACE_TYPES, type Task } from "../../lib/protocol/kernel-snapshot.ts";
import type { GuestRecord, ProcessRecord } from "./introspect-oracle.ts";

/** USER_HZ is 100: /proc counts in 10 ms. */
const CLOCK_TICK_NS = 10_000_000;

/*
 * How run time splits into user and system is an estimate that may go back and forth while it is not read (see
 * cputime_adjust), so what ran meanwhile is compared by the sum, and the parts of what did not run.
 */

export interface Comparison {
  /** What differs, one line each: empty is the proof. */
  readonly differences: readonly string[];
  /** Values that were held against each other. */
  readonly compared: number;
}

export class Ledger {
  readonly differences: string[] = [];
  compared = 0;

  /** `told` is the guest's. Between two equal readings it must be that; else one of them or, for numbers, between. */
  hold(what: string, told: unknown, before: unknown, after: unknown, slack = 0): void {
    this.compared++;
    if (told === before || told === after) return;
    if (typeof told === "number" && typeof before === "number" && typeof after === "number") {
      const low = Math.min(before, after) - slack;
      const high = Math.max(before, after) + slack;
      if ((before !== after || slack > 0) && told >= low && told <= high) return;
    }
    this.differences.push(`${what}: guest ${show(told)}, introspection ${show(before)} then ${show(after)}`);
  }
}

const show = (value: unknown): string => JSON.stringify(value) ?? "nothing";

export function compare(before: KernelSnapshot, record: GuestRecord, after: KernelSnapshot): Comparison {
  const ledger = new Ledger();
  ledger.hold("dropped", 0, before.dropped, after.dropped);
  ledger.hold("processes since boot", record.forks, before.totalForks, after.totalForks);
  const seconds = (snapshot: KernelSnapshot): number => snapshot.guestTimeNs / 1e9;
  ledger.hold("uptime", record.uptimeSeconds, seconds(before), seconds(after), 0.02);
  compareTasks(ledger, before, record, after);
  compareNamespaces(ledger, before, record, after);
  compareCgroups(ledger, before, record, after);
  return ledger;
}

function compareTasks(ledger: Ledger, before: KernelSnapshot, record: GuestRecord, after: KernelSnapshot): void {
  const later = new Map(after.tasks.map((task) => [task.pid, task]));
  const known = new Set(before.tasks.map((task) => task.pid));
  for (const task of before.tasks) {
    const end = later.get(task.pid);
    if (!end || end.startTimeNs !== task.startTimeNs) continue;
    const told = record.processes.get(task.pid);
    if (told) compareTask(ledger, before, task, told, end, after);
    else ledger.differences.push(`process ${task.pid} ${task.comm}: not in /proc`);
  }
  for (const [pid, told] of record.processes) {
    const bornDuringRecord = Number(told.stat[19]) * CLOCK_TICK_NS >= before.guestTimeNs - CLOCK_TICK_NS;
    if (!known.has(pid) && !bornDuringRecord)
      ledger.differences.push(`process ${pid} ${told.comm}: not seen by introspection`);
  }
}

function compareTask(
  ledger: Ledger,
  before: KernelSnapshot,
  task: Task,
  told: ProcessRecord,
  end: Task,
  after: KernelSnapshot,
): void {
  const name = `process ${task.pid} ${task.comm}`;
  const hold = (what: string, value: unknown, read: (task: Task) => unknown, slack = 0): void =>
    ledger.hold(`${name}: ${what}`, value, read(task), read(end), slack);
  const stat = (field: number): number => Number(told.stat[field - 3]);
  const status = (key: string): string => told.status.get(key) ?? "";
  const words = (key: string): number[] => status(key).split(/\s+/).map(Number);
  const ran = task.utimeNs + task.stimeNs !== end.utimeNs + end.stimeNs;

  hold("ppid", stat(4), (t) => t.ppid);
  if (!ran) hold("state", told.stat[0], (t) => t.state);
  const total = (t: Task): number => Math.floor((t.utimeNs + t.stimeNs) / CLOCK_TICK_NS);
  // Each of the two is cut to whole ticks.
  hold("utime + stime", stat(14) + stat(15), total, 1);
  if (!ran) {
    hold("utime", stat(14), (t) => Math.floor(t.utimeNs / CLOCK_TICK_NS));
    hold("stime", stat(15), (t) => Math.floor(t.stimeNs / CLOCK_TICK_NS));
  }
  hold("threads", stat(20), (t) => t.threads);
  hold("starttime", stat(22), (t) => Math.floor(t.startTimeNs / CLOCK_TICK_NS));
  // A stopped process keeps the stopping signal in exit_code; only a zombie's is its exit status.
  if (told.stat[0] === "Z") hold("exit code", stat(52), (t) => t.exitCode);
  // A worker thread's comm is told with what it works on appended (wq_worker_comm).
  hold("comm", task.kthread ? told.comm.slice(0, task.comm.length) : told.comm, (t) => t.comm);
  hold("pids", status("NSpid").split(/\s+/).join(), (t) => t.pids.join());
  hold("uid", words("Uid")[0], (t) => t.uid);
  hold("euid", words("Uid")[1], (t) => t.euid);
  hold("gid", words("Gid")[0], (t) => t.gid);
  hold("Threads", words("Threads")[0], (t) => t.threads);
  hold("CapEff", status("CapEff"), (t) => t.capEff);
  hold("NoNewPrivs", status("NoNewPrivs"), (t) => (t.noNewPrivs ? "1" : "0"));
  hold("Seccomp", words("Seccomp")[0], (t) => t.seccomp);
  const rss = told.status.has("VmRSS") ? Number.parseInt(status("VmRSS"), 10) * 1024 : null;
  if (!ran || rss === null) hold("VmRSS", rss, (t) => t.rssBytes);
  for (const type of NAMESPACE_TYPES) hold(`ns/${type}`, told.namespaces.get(type) ?? null, (t) => t.namespaces[type]);
  const forChildren = told.namespaces.get("pid_for_children") ?? null;
  // The link cannot be read before the namespace has its first process (pidns_for_children_get).
  if (forChildren !== null) hold("ns/pid_for_children", forChildren, (t) => t.pidForChildren);
  if (told.cgroup?.endsWith(" (deleted)") === false)
    ledger.hold(`${name}: cgroup`, told.cgroup, pathOf(before, task.cgroup), pathOf(after, end.cgroup));
}

const pathOf = (snapshot: KernelSnapshot, id: number): string | undefined =>
  snapshot.cgroups.find((cgroup) => cgroup.id === id)?.path;

function compareNamespaces(ledger: Ledger, before: KernelSnapshot, record: GuestRecord, after: KernelSnapshot): void {
  const earlier = new Map(before.namespaces.map((namespace) => [namespace.inode, namespace]));
  const later = new Map(after.namespaces.map((namespace) => [namespace.inode, namespace]));
  for (const told of record.processes.values()) {
    for (const [link, inode] of told.namespaces) {
      const type = link.replace("_for_children", "");
      ledger.hold(`${link} ${inode} of ${told.pid}: type`, type, earlier.get(inode)?.type, later.get(inode)?.type);
    }
    const user = told.namespaces.get("user") ?? 0;
    const maps = { uidMap: told.uidMap, gidMap: told.gidMap };
    for (const key of ["uidMap", "gidMap"] as const) {
      const text = (snapshot: typeof earlier): string | undefined =>
        snapshot
          .get(user)
          ?.[key]?.map(({ inside, outside, count }) => `${inside} ${outside} ${count}`)
          .join();
      const toldText = maps[key].map((line) => line.trim().split(/\s+/).join(" ")).join();
      if (told.namespaces.has("user")) ledger.hold(`${key} of ${told.pid}`, toldText, text(earlier), text(later));
    }
    const mnt = told.namespaces.get("mnt") ?? 0;
    if (rootIsNamespaceRoot(told.mountinfo))
      ledger.hold(`mounts of ${told.pid}`, told.mountinfo.length, earlier.get(mnt)?.mounts, later.get(mnt)?.mounts);
  }
}

/** Only a process with the namespace's own root sees all mounts; that mount is its own parent (mountinfo, fields 1, 2). */
function rootIsNamespaceRoot(mountinfo: readonly string[]): boolean {
  return mountinfo.some((line) => /^(\d+) \1 /.test(line));
}

function compareCgroups(ledger: Ledger, before: KernelSnapshot, record: GuestRecord, after: KernelSnapshot): void {
  const later = new Map(after.cgroups.map((cgroup) => [cgroup.path, cgroup]));
  const seen = new Set<string>();
  for (const cgroup of before.cgroups) {
    const told = record.cgroups.get(cgroup.path);
    const end = later.get(cgroup.path);
    seen.add(cgroup.path);
    if (!end) continue;
    if (!told) ledger.differences.push(`cgroup ${cgroup.path}: not in /sys/fs/cgroup`);
    else {
      ledger.hold(`cgroup ${cgroup.path}: inode`, told.inode, cgroup.id, end.id);
      compareCgroup(ledger, cgroup, told.files, end);
    }
  }
  for (const path of record.cgroups.keys())
    if (!seen.has(path)) ledger.differences.push(`cgroup ${path}: not seen by introspection`);
}

type Read = (cgroup: Cgroup) => number | string | null | undefined;

const SINGLE: readonly (readonly [file: string, read: Read])[] = [
  ["memory.min", ({ memory }) => memory?.min],
  ["memory.low", ({ memory }) => memory?.low],
  ["memory.high", ({ memory }) => memory?.high],
  ["memory.max", ({ memory }) => memory?.max],
  ["memory.peak", ({ memory }) => memory?.peak],
  ["cpu.weight", ({ cpu }) => cpu?.weight],
  ["cpu.max", ({ cpu }) => (cpu ? `${cpu.max} ${cpu.period_usec}` : undefined)],
  ["pids.current", ({ pids }) => pids?.current],
  ["pids.max", ({ pids }) => pids?.max],
];

const KEYED: readonly (readonly [file: string, key: string, read: Read])[] = [
  ["cgroup.events", "frozen", ({ frozen }) => (frozen ? 1 : 0)],
  ["memory.events", "low", ({ memory }) => memory?.events.low],
  ["memory.events", "high", ({ memory }) => memory?.events.high],
  ["memory.events", "max", ({ memory }) => memory?.events.max],
  ["memory.events", "oom", ({ memory }) => memory?.events.oom],
  ["memory.events", "oom_kill", ({ memory }) => memory?.events.oom_kill],
  ["cpu.stat", "usage_usec", ({ cputime }) => cputime.usage_usec],
  ["cpu.stat", "user_usec", ({ cputime }) => cputime.user_usec],
  ["cpu.stat", "system_usec", ({ cputime }) => cputime.system_usec],
  ["cpu.stat", "nr_periods", ({ cpu }) => cpu?.nr_periods],
  ["cpu.stat", "nr_throttled", ({ cpu }) => cpu?.nr_throttled],
  ["cpu.stat", "throttled_usec", ({ cpu }) => cpu?.throttled_usec],
  ["pids.events", "max", ({ pids }) => pids?.events_max],
];

function compareCgroup(
  ledger: Ledger,
  cgroup: Cgroup,
  files: ReadonlyMap<string, readonly string[]>,
  end: Cgroup,
): void {
  const idle = cgroup.cputime.usage_usec === end.cputime.usage_usec;
  const hold = (what: string, told: unknown, read: Read): void =>
    ledger.hold(`cgroup ${cgroup.path}: ${what}`, told, read(cgroup), read(end));
  for (const [file, read] of SINGLE) hold(file, figure(files.get(file)?.[0]), read);
  for (const [file, key, read] of KEYED) {
    const line = files.get(file)?.find((candidate) => candidate.startsWith(`${key} `));
    // The root has no cgroup.events and cannot be frozen; it has no bandwidth either, though cpu.stat shows zeros.
    if (cgroup.path === "/" && (file === "cgroup.events" || /throttled|periods/.test(key))) continue;
    if (idle || !/^(user|system)_usec/.test(key)) hold(`${file} ${key}`, figure(line?.slice(key.length + 1)), read);
  }
  const current = figure(files.get("memory.current")?.[0]);
  if (idle || typeof current !== "number") hold("memory.current", current, ({ memory }) => memory?.current);
  else hold("memory.current at most peak", Math.max(current, end.memory?.peak ?? 0), ({ memory }) => memory?.peak);
  if (cgroup.procs === end.procs && idle)
    hold("cgroup.procs", files.get("cgroup.procs")?.length ?? 0, ({ procs }) => procs);
}

/** A file that does not exist is nothing, as a controller that is not there. */
function figure(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
}
