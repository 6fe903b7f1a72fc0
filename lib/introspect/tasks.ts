/**
 * Processes: the thread group leaders on the list that starts at init_task (include/linux/sched/signal.h,
 * for_each_process), each with what /proc/PID/stat and /proc/PID/status say of it. The idle task (PID 0) is left out, as
 * in /proc.
 *
 * Order: after NamespaceReader.begin and CgroupReader.walk, whose inodes and ids a task refers to. A task that equals
 * the one read before is the same object.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { CgroupReader } from "./cgroups.ts";
import { symbolOf } from "./fields.ts";
import { type GuestMemory, walkList } from "./guest-memory.ts";
import type { KeeperCollector } from "./keepers.ts";
import type { KnownPaths } from "./known-paths.ts";
import type { NamespaceReader } from "./namespaces.ts";
import { type NamespaceProxy, NsproxyReader, namespaceSet } from "./nsproxy.ts";
import { sameList } from "./same.ts";
import { emptyEntry, type TaskEntry } from "./task-entry.ts";
import { type TaskFields, taskFieldsOf } from "./task-fields.ts";
import { TaskOwnReader } from "./task-own.ts";
import { emptyDraft, saysTheSame, taskOf } from "./task-record.ts";
import { sameTies, TaskTiesReader } from "./task-ties.ts";
import { ThreadsReader } from "./threads.ts";

const PROXY_TYPES = ["mnt", "net", "uts", "ipc", "cgroup", "time"] as const;

export class TaskReader {
  readonly fields: TaskFields;
  private readonly initTask: number;
  private readonly own: TaskOwnReader;
  private readonly nsproxies: NsproxyReader;
  private readonly namespaces: NamespaceReader;
  private readonly cgroups: CgroupReader;
  private readonly ties: TaskTiesReader;
  private readonly threads: ThreadsReader;
  private readonly entries = new Map<number, TaskEntry>();
  private tasks: readonly Task[] = [];
  /** Their entries, in the kernel's order: `entries` is in the order of first sight. */
  private present: TaskEntry[] = [];
  private strays: { readonly pid: number; readonly tid: number; readonly proxy: NamespaceProxy }[] = [];
  private timeForChildren: (readonly [pid: number, inode: number])[] = [];
  private readonly draft = emptyDraft();
  private sequence = 0;
  private dropped = 0;

  constructor(
    layout: KernelLayout,
    memory: GuestMemory,
    namespaces: NamespaceReader,
    cgroups: CgroupReader,
    paths: KnownPaths,
  ) {
    this.fields = taskFieldsOf(layout);
    this.initTask = memory.offsetOf(symbolOf(layout, "init_task"));
    this.nsproxies = new NsproxyReader(layout, namespaces);
    this.namespaces = namespaces;
    this.cgroups = cgroups;
    this.ties = new TaskTiesReader(layout, paths);
    this.threads = new ThreadsReader(layout, this.fields);
    this.own = new TaskOwnReader(layout, this.fields, this.ties, this.threads);
  }

  /** What of the tasks keeps namespaces alive beside the processes themselves; after `read`. */
  addKeepers(keepers: KeeperCollector): void {
    keepers.addTasks(this.tasks);
    const leaders = new Map(this.strays.length > 0 ? this.tasks.map((task) => [task.pid, task]) : []);
    for (const { pid, tid, proxy } of this.strays) {
      const own = leaders.get(pid)?.namespaces;
      for (const type of PROXY_TYPES) {
        const inode = proxy[type];
        if (inode !== null && inode !== own?.[type]) keepers.add(inode, "threads", { pid, tid });
      }
    }
    for (const [pid, inode] of this.timeForChildren) keepers.add(inode, "forChildren", pid);
  }

  /** Visits the open descriptors of all tasks of the last `read`. */
  forEachFile(visit: (pid: number, fd: number, inode: number, superBlock: number) => void): void {
    for (const { task, files } of this.present) {
      if (!task || task.kthread) continue;
      for (let index = 0; index < files.length; index += 3)
        visit(task.pid, files[index] ?? 0, files[index + 1] ?? 0, files[index + 2] ?? 0);
    }
  }

  /** The entry of the task_struct at `at`, as of the last snapshot. */
  entryAt(at: number): TaskEntry | undefined {
    return this.entries.get(at);
  }

  read(memory: GuestMemory, sequence: number): { readonly tasks: readonly Task[]; readonly dropped: number } {
    const { fields, initTask } = this;
    this.sequence = sequence;
    const tasks: Task[] = [];
    this.present = [];
    this.timeForChildren = [];
    this.dropped = 0;
    this.own.dropped = 0;
    this.nsproxies.begin();
    this.ties.begin();
    this.threads.begin();
    // The idle task holds the initial namespaces for as long as the kernel runs.
    this.nsproxies.read(memory, memory.pointer(initTask + fields.nsproxy));
    const whole = walkList(memory, initTask + fields.tasks, fields.maxPid, (node) => {
      const entry = this.readAt(memory, node - fields.tasks);
      if (entry?.task) {
        tasks.push(entry.task);
        this.present.push(entry);
      } else this.dropped++;
      return true;
    });
    if (!whole) this.dropped++;
    this.dropped += this.own.dropped;
    this.tasks = sameList(this.tasks, tasks);
    this.strays = this.threads.strays.map(({ pid, tid, nsproxy }) => ({
      pid,
      tid,
      proxy: this.nsproxies.read(memory, nsproxy),
    }));
    if (this.entries.size > this.tasks.length + this.dropped + 64) this.forget();
    return { tasks: this.tasks, dropped: this.dropped };
  }

  private forget(): void {
    for (const [at, entry] of this.entries) if (entry.seen !== this.sequence) this.entries.delete(at);
  }

  private readAt(memory: GuestMemory, at: number): TaskEntry | null {
    let entry = this.entries.get(at);
    if (!entry) {
      entry = emptyEntry();
      this.entries.set(at, entry);
    } else if (entry.seen === this.sequence) return null;
    entry.seen = this.sequence;
    entry.task = this.taskOf(memory, at, entry);
    return entry;
  }

  private taskOf(memory: GuestMemory, at: number, entry: TaskEntry): Task | null {
    const { draft, namespaces } = this;
    const known = memory.holds(entry.words) ? entry.task : null;
    if (!known && !this.own.read(memory, at, entry, draft)) return null;
    const pid = known ? known.pid : draft.pid;
    const former = entry.task?.pid === pid ? entry.task : null;
    const cgroup = this.cgroups.idOf(memory, entry.cgroup);
    const pidNs = namespaces.register(memory, "pid", entry.pidNs);
    const userNs = namespaces.register(memory, "user", entry.userNs);
    if (cgroup === null || pidNs === null || userNs === null || !entry.credentials) return null;
    if (entry.counted) this.cgroups.countProcess();
    const proxy = this.nsproxies.read(memory, entry.nsproxy);
    if (proxy.timeForChildren !== null && proxy.timeForChildren !== proxy.time)
      this.timeForChildren.push([pid, proxy.timeForChildren]);
    const set = namespaceSet(proxy, pidNs, userNs, former?.namespaces);
    const ties = this.ties.lookUp(memory, entry);
    const { pidForChildren } = proxy;
    if (known) {
      const same = known.cgroup === cgroup && known.namespaces === set && known.pidForChildren === pidForChildren;
      return same && sameTies(known, ties) ? known : { ...known, ...ties, cgroup, namespaces: set, pidForChildren };
    }
    draft.cgroup = cgroup;
    draft.namespaces = set;
    draft.pidForChildren = pidForChildren;
    const { credentials } = entry.credentials;
    return former && saysTheSame(former, draft, credentials, ties) ? former : taskOf(draft, credentials, ties);
  }
}
