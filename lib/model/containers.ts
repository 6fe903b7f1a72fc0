/**
 * Containers as the kernel has them: each cgroup /box/<id> is one, named by what the agent's list says of it. What can
 * be read from the kernel is (which processes, frozen or not); only name and image come from the runtime.
 */
import type { ContainerSummary } from "../protocol/agent.ts";
import type { Cgroup, KernelSnapshot, Task } from "../protocol/kernel-snapshot.ts";

const CONTAINERS_GROUP = "/box/";

export interface ContainerView {
  readonly id: string;
  /** The runtime's name for it; the id's first 12 digits while the runtime has not told. */
  readonly name: string;
  readonly image: string | null;
  readonly status: ContainerSummary["status"];
  readonly cgroupPath: string;
  /** Null for a container that is listed but has no cgroup now (stopped). */
  readonly cgroup: Cgroup | null;
  /** Its first process; null when there is none. */
  readonly init: Task | null;
  /** In PID order, zombies included. */
  readonly tasks: readonly Task[];
}

/** In order of name. */
export function containersOf(
  snapshot: KernelSnapshot,
  summaries: readonly ContainerSummary[] = [],
): readonly ContainerView[] {
  const paths = new Map(snapshot.cgroups.map((cgroup) => [cgroup.path, cgroup]));
  const listed = new Map(summaries.map((summary) => [summary.cgroup, summary]));
  for (const { path } of snapshot.cgroups)
    if (isContainerPath(path) && !listed.has(path)) listed.set(path, unnamed(path));
  const members = tasksByContainer(snapshot, [...listed.keys()]);
  return [...listed]
    .map(([path, summary]) => {
      const tasks = members.get(path) ?? [];
      const cgroup = paths.get(path) ?? null;
      return {
        id: summary.id,
        name: summary.name,
        image: summary.image || null,
        status: statusOf(summary.status, cgroup, tasks),
        cgroupPath: path,
        cgroup,
        init: initOf(tasks, summary.pid),
        tasks,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The container that a task belongs to, by PID; for labels in lists. */
export function containerOfTask(containers: readonly ContainerView[]): ReadonlyMap<number, ContainerView> {
  return new Map(containers.flatMap((container) => container.tasks.map((task) => [task.pid, container] as const)));
}

function isContainerPath(path: string): boolean {
  return path.startsWith(CONTAINERS_GROUP) && !path.slice(CONTAINERS_GROUP.length).includes("/");
}

function unnamed(path: string): ContainerSummary {
  const id = path.slice(CONTAINERS_GROUP.length);
  return { id, name: id.slice(0, 12), image: "", status: "created", pid: null, cgroup: path };
}

/** A container's processes may sit in groups below its own (it has a cgroup namespace and may make some). */
function tasksByContainer(snapshot: KernelSnapshot, containerPaths: readonly string[]): Map<string, Task[]> {
  const isContainer = new Set(containerPaths);
  const containerOf = new Map<number, string>();
  for (const { id, parent, path } of snapshot.cgroups) {
    const owner = isContainer.has(path) ? path : parent === null ? undefined : containerOf.get(parent);
    if (owner !== undefined) containerOf.set(id, owner);
  }
  const members = new Map<string, Task[]>();
  for (const task of snapshot.tasks) {
    const path = containerOf.get(task.cgroup);
    if (path === undefined) continue;
    const tasks = members.get(path);
    if (tasks) tasks.push(task);
    else members.set(path, [task]);
  }
  for (const tasks of members.values()) tasks.sort((a, b) => a.pid - b.pid);
  return members;
}

function initOf(tasks: readonly Task[], pid: number | null): Task | null {
  const told = tasks.find((task) => task.pid === pid);
  if (told) return told;
  return tasks.find((task) => task.pids.length > 1 && task.pids.at(-1) === 1) ?? null;
}

/** The kernel has the last word: no live process, no running container. */
function statusOf(
  told: ContainerSummary["status"],
  cgroup: Cgroup | null,
  tasks: readonly Task[],
): ContainerSummary["status"] {
  const alive = tasks.some((task) => task.state !== "Z" && task.state !== "X");
  if (!alive) return told === "running" || told === "paused" ? "stopped" : told;
  if (cgroup?.frozen) return "paused";
  return told === "creating" || told === "created" ? told : "running";
}
