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
import { type Cputime, CputimeReader, noCputime } from "./cputime.ts";
import { type CredentialsEntry, CredentialsReader } from "./credentials.ts";
import { symbolOf } from "./fields.ts";
import { type GuestMemory, walkList } from "./guest-memory.ts";
import type { KeeperCollector } from "./keepers.ts";
import type { NamespaceReader } from "./namespaces.ts";
import { type NamespaceProxy, NsproxyReader, namespaceSet } from "./nsproxy.ts";
import type { PathReader } from "./paths.ts";
import { type TaskFields, taskFieldsOf } from "./task-fields.ts";
import { TaskFilesReader } from "./task-files.ts";
import { emptyDraft, saysTheSame, taskOf } from "./task-record.ts";
import { TaskStateDecoder } from "./task-state.ts";
import { type TaskTies, TaskTiesReader } from "./task-ties.ts";
import { ThreadsReader } from "./threads.ts";

/** What one place in memory held last: the task, and the words by which the probe sees that it changed. */
export interface TaskEntry {
  seen: number;
  task: Task | null;
  credentials: CredentialsEntry | null;
  ties: TaskTies | null;
  comm0: number;
  comm1: number;
  comm2: number;
  comm3: number;
  nsproxy: number;
  cssSet: number;
  cred: number;
}

const emptyEntry = (): TaskEntry => ({
  seen: 0,
  task: null,
  credentials: null,
  ties: null,
  comm0: 0,
  comm1: 0,
  comm2: 0,
  comm3: 0,
  nsproxy: 0,
  cssSet: 0,
  cred: 0,
});

const PROXY_TYPES = ["mnt", "net", "uts", "ipc", "cgroup", "time"] as const;

export class TaskReader {
  readonly fields: TaskFields;
  private readonly initTask: number;
  private readonly states: TaskStateDecoder;
  private readonly cputimes: CputimeReader;
  private readonly nsproxies: NsproxyReader;
  private readonly namespaces: NamespaceReader;
  private readonly cgroups: CgroupReader;
  private readonly credentials: CredentialsReader;
  private readonly files: TaskFilesReader;
  private readonly ties: TaskTiesReader;
  private readonly threads: ThreadsReader;
  private readonly entries = new Map<number, TaskEntry>();
  private readonly times: Cputime = noCputime();
  private tasks: Task[] = [];
  /** Where their task_structs are, in the kernel's order: `entries` is in the order of first sight. */
  private places: number[] = [];
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
    paths: PathReader,
  ) {
    this.fields = taskFieldsOf(layout);
    this.initTask = memory.offsetOf(symbolOf(layout, "init_task"));
    this.states = new TaskStateDecoder(layout);
    this.cputimes = new CputimeReader(layout);
    this.nsproxies = new NsproxyReader(layout, namespaces);
    this.namespaces = namespaces;
    this.cgroups = cgroups;
    this.credentials = new CredentialsReader(layout);
    this.files = new TaskFilesReader(layout);
    this.ties = new TaskTiesReader(layout, paths);
    this.threads = new ThreadsReader(layout, this.fields);
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
  forEachFile(memory: GuestMemory, visit: (pid: number, fd: number, inode: number, superBlock: number) => void): void {
    for (const [index, { pid, kthread }] of this.tasks.entries()) {
      const at = this.places[index];
      if (kthread || at === undefined) continue;
      const files = memory.pointer(at + this.fields.files);
      this.files.forEach(memory, files, (fd, inode, superBlock) => visit(pid, fd, inode, superBlock));
    }
  }

  /** The entry of the task_struct at `at`, as of the last snapshot. */
  entryAt(at: number): TaskEntry | undefined {
    return this.entries.get(at);
  }

  /** One task by itself, between two snapshots; nothing of it is kept. */
  peek(memory: GuestMemory, at: number): Task | null {
    const known = this.entries.get(at);
    this.entries.delete(at);
    this.nsproxies.begin();
    const task = this.readAt(memory, at);
    if (known) this.entries.set(at, known);
    else this.entries.delete(at);
    return task;
  }

  read(memory: GuestMemory, sequence: number): { readonly tasks: readonly Task[]; readonly dropped: number } {
    const { fields, initTask } = this;
    this.sequence = sequence;
    this.tasks = [];
    this.places = [];
    this.timeForChildren = [];
    this.dropped = 0;
    this.nsproxies.begin();
    this.ties.begin();
    this.threads.begin();
    // The idle task holds the initial namespaces for as long as the kernel runs.
    this.nsproxies.read(memory, memory.pointer(initTask + fields.nsproxy));
    const whole = walkList(memory, initTask + fields.tasks, fields.maxPid, (node) => {
      const task = this.readAt(memory, node - fields.tasks);
      if (task) {
        this.tasks.push(task);
        this.places.push(node - fields.tasks);
      } else this.dropped++;
      return true;
    });
    if (!whole) this.dropped++;
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

  private readAt(memory: GuestMemory, at: number): Task | null {
    const { fields } = this;
    const pid = memory.i32(at + fields.pid);
    const signal = memory.pointer(at + fields.signal);
    const cred = memory.pointer(at + fields.realCred);
    const cssSet = memory.pointer(at + fields.cgroups);
    const parent = memory.pointer(at + fields.realParent);
    const struct = memory.pointer(at + fields.threadPid);
    const credible = pid > 0 && pid <= fields.maxPid && memory.i32(at + fields.tgid) === pid;
    if (!credible || signal === 0 || cred === 0 || cssSet === 0 || parent === 0 || struct === 0) return null;
    let entry = this.entries.get(at);
    if (!entry) {
      entry = emptyEntry();
      this.entries.set(at, entry);
    } else if (entry.seen === this.sequence) return null;
    entry.seen = this.sequence;
    entry.nsproxy = memory.pointer(at + fields.nsproxy);
    entry.cssSet = cssSet;
    entry.cred = cred;
    const former = entry.task?.pid === pid ? entry.task : null;
    entry.task = this.readTask(memory, { at, pid, signal, cred, parent, struct }, entry, former);
    return entry.task;
  }

  private readTask(
    memory: GuestMemory,
    place: { at: number; pid: number; signal: number; cred: number; parent: number; struct: number },
    entry: TaskEntry,
    former: Task | null,
  ): Task | null {
    const { fields } = this;
    const { at, pid, signal, cred, struct } = place;
    const level = memory.u32(struct + fields.level);
    const threads = memory.i32(signal + fields.nrThreads);
    const ppid = memory.i32(place.parent + fields.tgid);
    const cgroup = this.cgroups.idOf(memory, memory.pointer(entry.cssSet + fields.dflCgrp));
    const seccomp = memory.u32(at + fields.seccompMode);
    if (level > fields.maxLevel || threads < 1 || threads > fields.maxPid || ppid < 0 || ppid > fields.maxPid)
      return null;
    if (cgroup === null || seccomp > 2) return null;
    const pids = this.pidsOf(memory, struct, level, former);
    if (pids?.[0] !== pid) return null;
    const innermost = memory.pointer(struct + fields.numbers + level * fields.upidSize + fields.upidNs);
    const pidNs = this.namespaces.register(memory, "pid", innermost);
    const userNs = this.namespaces.register(memory, "user", memory.pointer(cred + fields.userNs));
    if (pidNs === null || userNs === null) return null;
    const proxy = this.nsproxies.read(memory, entry.nsproxy);
    if (proxy.timeForChildren !== null && proxy.timeForChildren !== proxy.time)
      this.timeForChildren.push([pid, proxy.timeForChildren]);

    const threadList = this.cputimeOf(memory, { at, signal, threads, nsproxy: entry.nsproxy }, former);
    const { utimeNs, stimeNs } = this.times;
    const exitState = memory.i32(at + fields.exitState);
    const kthread = (memory.i32(at + fields.flags) & fields.pfKthread) !== 0;
    if (exitState === 0 || memory.i32(signal + fields.live) > 0) this.cgroups.countProcess();
    const state = this.states.letter(memory.i32(at + fields.state), exitState);
    const mm = memory.pointer(at + fields.mm);
    const { credentials } = this.credentialsOf(memory, cred, entry, former);
    const ties = this.ties.read(memory, at, signal, kthread ? 0 : mm, former ? entry.ties : null);
    entry.ties = ties;
    const zombie = (exitState & fields.exitZombie) !== 0;
    const { draft } = this;
    draft.pid = pid;
    draft.ppid = ppid;
    draft.pids = pids;
    draft.comm = this.commOf(memory, at + fields.comm, entry, former);
    draft.state = state;
    draft.kthread = kthread;
    draft.startTimeNs = memory.u64(at + fields.startBoottime);
    draft.execId = memory.u32(at + fields.selfExecId);
    draft.namespaces = namespaceSet(proxy, pidNs, userNs, former?.namespaces);
    draft.pidForChildren = proxy.pidForChildren;
    draft.cgroup = cgroup;
    draft.threads = threads;
    draft.utimeNs = utimeNs;
    draft.stimeNs = stimeNs;
    draft.rssBytes = kthread ? null : this.rssOf(memory, mm);
    draft.openFiles = this.files.count(memory, memory.pointer(at + fields.files));
    draft.oomScoreAdj = (memory.u16(signal + fields.oomScoreAdj) << 16) >> 16;
    draft.threadList = threadList;
    draft.seccomp = seccomp as Task["seccomp"];
    draft.noNewPrivs = (memory.u32(at + fields.atomicFlags) & (1 << fields.noNewPrivs)) !== 0;
    draft.exitCode = zombie ? this.exitCodeOf(memory, at, signal) : null;
    draft.oomVictim = memory.i32(signal + fields.oomMm) !== 0;
    return former && saysTheSame(former, draft, credentials, ties) ? former : taskOf(draft, credentials, ties);
  }

  private pidsOf(memory: GuestMemory, struct: number, level: number, former: Task | null): readonly number[] | null {
    const { fields } = this;
    const first = struct + fields.numbers + fields.upidNr;
    const known = former?.pids;
    let unchanged = known?.length === level + 1;
    for (let index = 0; unchanged && known && index <= level; index++)
      unchanged = known[index] === memory.i32(first + index * fields.upidSize);
    if (unchanged && known) return known;
    const pids: number[] = [];
    for (let index = 0; index <= level; index++) {
      const number = memory.i32(first + index * fields.upidSize);
      if (number <= 0 || number > fields.maxPid) return null;
      pids.push(number);
    }
    return pids;
  }

  private commOf(memory: GuestMemory, at: number, entry: TaskEntry, former: Task | null): string {
    const comm0 = memory.i32(at);
    const comm1 = memory.i32(at + 4);
    const comm2 = memory.i32(at + 8);
    const comm3 = memory.i32(at + 12);
    if (former && entry.comm0 === comm0 && entry.comm1 === comm1 && entry.comm2 === comm2 && entry.comm3 === comm3)
      return former.comm;
    entry.comm0 = comm0;
    entry.comm1 = comm1;
    entry.comm2 = comm2;
    entry.comm3 = comm3;
    return memory.text(at, this.fields.commBytes);
  }

  private credentialsOf(memory: GuestMemory, cred: number, entry: TaskEntry, former: Task | null): CredentialsEntry {
    entry.credentials = this.credentials.read(memory, cred, former ? entry.credentials : null);
    return entry.credentials;
  }

  private rssOf(memory: GuestMemory, mm: number): number | null {
    if (mm === 0) return null;
    const { fields } = this;
    const pages = (index: number): number => memory.i32(mm + fields.rssStat + 4 * index);
    const total = pages(fields.filePages) + pages(fields.anonPages) + pages(fields.shmemPages);
    return Math.max(0, total) * fields.pageSize;
  }

  /** As wait(2) would tell (wait_task_zombie in kernel/exit.c). */
  private exitCodeOf(memory: GuestMemory, at: number, signal: number): number {
    const { fields } = this;
    const group = (memory.u32(signal + fields.signalFlags) & fields.groupExit) !== 0;
    return memory.i32(group ? signal + fields.groupExitCode : at + fields.exitCode);
  }

  /** thread_group_cputime_adjusted in kernel/sched/cputime.c; leaves the result in `times`, returns the threads. */
  private cputimeOf(
    memory: GuestMemory,
    process: { at: number; signal: number; threads: number; nsproxy: number },
    former: Task | null,
  ): Task["threadList"] {
    const { fields, times } = this;
    const { signal } = process;
    times.utimeNs = memory.u64(signal + fields.signalUtime);
    times.stimeNs = memory.u64(signal + fields.signalStime);
    times.runtimeNs = memory.u64(signal + fields.sumSchedRuntime);
    const threadList = this.threads.read(memory, process, times, former?.threadList ?? null);
    if (threadList === undefined) this.dropped++;
    this.cputimes.adjust(memory, times, signal + fields.prevCputime);
    return threadList ?? null;
  }
}
