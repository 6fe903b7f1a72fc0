/**
 * Processes that were born, became another program, moved, died. A process is its PID with its start time.
 *
 * A new process is held against its parent: what differs (program, namespaces, group) happened between the fork and
 * the snapshot. It ends once, as a zombie or by vanishing.
 */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import { type BriefTask, type KernelSnapshot, NAMESPACE_TYPES, type Task } from "../protocol/kernel-snapshot.ts";
import type { EventStamp } from "./diff-namespaces.ts";
import { oomKilledPids } from "./oom-kills.ts";
import { TaskLookup } from "./task-lookup.ts";

export function diffTasks(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): KernelEvent[] {
  if (previous.tasks === next.tasks && next.passed.length === 0 && previous.totalForks === next.totalForks) return [];
  const before = new TaskLookup(previous.tasks);
  const after = new TaskLookup(next.tasks);
  const passed = new TaskLookup(next.passed);
  const pathOf = pathLookup(previous, next);
  const events: KernelEvent[] = [];
  let seenForks = 0;
  const born = (task: BriefTask): void => {
    seenForks += Math.max(1, task.threads);
    events.push({ ...subject(task, stamp), kind: "fork", ppid: task.ppid });
    const parent = before.get(task.ppid) ?? after.get(task.ppid) ?? passed.get(task.ppid);
    if (parent) events.push(...changes(parent, task, stamp, pathOf).filter((event) => isToldBy(parent, event)));
  };
  next.tasks.forEach((task, index) => {
    const earlier = before.get(task.pid, index);
    if (earlier === task) return;
    if (earlier && isSame(earlier, task)) {
      seenForks += Math.max(0, task.threads - earlier.threads);
      events.push(...changes(earlier, task, stamp, pathOf));
      return;
    }
    born(task);
    if (isDead(task)) events.push({ ...subject(task, stamp), kind: "exit", oomKilled: task.oomVictim });
  });
  for (const task of next.passed) {
    const earlier = before.get(task.pid);
    if (earlier && isSame(earlier, task)) {
      events.push(...changes(earlier, task, stamp, pathOf));
      continue;
    }
    born(task);
    events.push({ ...subject(task, stamp), kind: "exit", oomKilled: task.oomVictim });
  }
  const missed = next.totalForks - previous.totalForks - seenForks;
  if (missed > 0) events.push({ ...stamp, kind: "missed", count: missed });
  events.push(...exits(previous, next, { after, passed }, stamp));
  return events;
}

/** A new child of init may be an orphan: then init's program is not what it was before execve(2). */
function isToldBy(parent: BriefTask, event: KernelEvent): boolean {
  return event.kind !== "exec" || parent.pid !== 1;
}

interface Later {
  readonly after: TaskLookup;
  readonly passed: TaskLookup<BriefTask>;
}

function exits(previous: KernelSnapshot, next: KernelSnapshot, { after, passed }: Later, stamp: EventStamp) {
  const ended = previous.tasks.filter((task, index) => {
    const later = after.get(task.pid, index);
    return later !== task && !isDead(task) && (!later || !isSame(task, later) || isDead(later));
  });
  if (ended.length === 0) return [];
  const killed = oomKilledPids(previous, next, ended, after);
  return ended.map((task): KernelEvent => {
    // It may have become another program since, and ends as that.
    const last = [passed.get(task.pid), after.get(task.pid)].find((seen) => seen && isSame(seen, task)) ?? task;
    return { ...subject(last, stamp), kind: "exit", oomKilled: killed.has(task.pid) };
  });
}

function changes(
  earlier: BriefTask,
  later: BriefTask,
  stamp: EventStamp,
  pathOf: (cgroup: number) => string | undefined,
): KernelEvent[] {
  const events: KernelEvent[] = [];
  if (earlier.execId !== later.execId) events.push({ ...subject(later, stamp), kind: "exec", from: earlier.comm });
  for (const type of NAMESPACE_TYPES) {
    const inode = later.namespaces[type];
    if (inode !== null && earlier.namespaces[type] !== null && earlier.namespaces[type] !== inode)
      events.push({ ...subject(later, stamp), kind: "namespace-enter", type, inode });
  }
  const fromPath = pathOf(earlier.cgroup);
  const toPath = pathOf(later.cgroup);
  if (earlier.cgroup !== later.cgroup && fromPath !== undefined && toPath !== undefined)
    events.push({ ...subject(later, stamp), kind: "cgroup-move", fromPath, toPath });
  return events;
}

function subject(task: BriefTask, stamp: EventStamp) {
  const { pid, pids, comm, cgroup } = task;
  return { atNs: stamp.atNs, sequence: stamp.sequence, pid, pids, comm, cgroup };
}

/** Made only when a process moved. */
function pathLookup(previous: KernelSnapshot, next: KernelSnapshot): (cgroup: number) => string | undefined {
  let paths: Map<number, string> | null = null;
  return (cgroup) => {
    paths ??= new Map([...previous.cgroups, ...next.cgroups].map(({ id, path }) => [id, path]));
    return paths.get(cgroup);
  };
}

const isSame = (a: BriefTask, b: BriefTask): boolean => a.pid === b.pid && a.startTimeNs === b.startTimeNs;
const isDead = (task: Task): boolean => task.state === "Z" || task.state === "X";
