/**
 * A task's own part: what stands in its task_struct and in the structures that belong to it alone, and the places of what it
 * shares with others (namespaces, cgroup, paths). It follows from the words read here, so it is remembered with them;
 * a process with several threads is read each time, as its threads are found anew.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { type Cputime, CputimeReader, noCputime } from "./cputime.ts";
import { CredentialsReader } from "./credentials.ts";
import { type GuestMemory, NO_WORDS } from "./guest-memory.ts";
import type { TaskEntry } from "./task-entry.ts";
import type { TaskFields } from "./task-fields.ts";
import { TaskFilesReader } from "./task-files.ts";
import type { TaskDraft } from "./task-record.ts";
import { TaskStateDecoder } from "./task-state.ts";
import type { TaskTiesReader } from "./task-ties.ts";
import type { ThreadsReader } from "./threads.ts";

export class TaskOwnReader {
  /** Lists of threads that were broken, since they were last counted. */
  dropped = 0;
  private readonly fields: TaskFields;
  private readonly states: TaskStateDecoder;
  private readonly cputimes: CputimeReader;
  private readonly credentials: CredentialsReader;
  private readonly files: TaskFilesReader;
  private readonly ties: TaskTiesReader;
  private readonly threads: ThreadsReader;
  private readonly times: Cputime = noCputime();

  constructor(layout: KernelLayout, fields: TaskFields, ties: TaskTiesReader, threads: ThreadsReader) {
    this.fields = fields;
    this.ties = ties;
    this.threads = threads;
    this.states = new TaskStateDecoder(layout);
    this.cputimes = new CputimeReader(layout);
    this.credentials = new CredentialsReader(layout);
    this.files = new TaskFilesReader(layout);
  }

  /** Fills `entry` and `draft`; false where there is no task to believe in. */
  read(memory: GuestMemory, at: number, entry: TaskEntry, draft: TaskDraft): boolean {
    memory.record();
    const credible = this.readAll(memory, at, entry, draft);
    const words = memory.recorded(entry.words);
    entry.words = credible && draft.threads === 1 ? words : NO_WORDS;
    return credible;
  }

  private readAll(memory: GuestMemory, at: number, entry: TaskEntry, draft: TaskDraft): boolean {
    const { fields } = this;
    const pid = memory.i32(at + fields.pid);
    const signal = memory.pointer(at + fields.signal);
    const cred = memory.pointer(at + fields.realCred);
    const cssSet = memory.pointer(at + fields.cgroups);
    const parent = memory.pointer(at + fields.realParent);
    const struct = memory.pointer(at + fields.threadPid);
    if (!(pid > 0) || pid > fields.maxPid || memory.i32(at + fields.tgid) !== pid) return false;
    if (signal === 0 || cred === 0 || cssSet === 0 || parent === 0 || struct === 0) return false;
    const level = memory.u32(struct + fields.level);
    draft.pid = pid;
    draft.threads = memory.i32(signal + fields.nrThreads);
    draft.ppid = memory.i32(parent + fields.tgid);
    const seccomp = memory.u32(at + fields.seccompMode);
    if (level > fields.maxLevel || draft.threads < 1 || draft.threads > fields.maxPid || seccomp > 2) return false;
    if (draft.ppid < 0 || draft.ppid > fields.maxPid) return false;
    const former = entry.task?.pid === pid ? entry.task : null;
    const pids = this.pidsOf(memory, struct, level, former);
    if (pids?.[0] !== pid) return false;
    draft.pids = pids;
    draft.seccomp = seccomp as Task["seccomp"];
    entry.nsproxy = memory.pointer(at + fields.nsproxy);
    entry.cssSet = cssSet;
    entry.cred = cred;
    entry.cgroup = memory.pointer(cssSet + fields.dflCgrp);
    entry.pidNs = memory.pointer(struct + fields.numbers + level * fields.upidSize + fields.upidNs);
    entry.userNs = memory.pointer(cred + fields.userNs);
    entry.credentials = this.credentials.read(memory, cred, former ? entry.credentials : null);
    draft.comm = this.commOf(memory, at + fields.comm, entry, former);
    this.readLife(memory, at, signal, entry, draft);
    this.readFigures(memory, at, signal, entry, draft, former);
    return true;
  }

  private readLife(memory: GuestMemory, at: number, signal: number, entry: TaskEntry, draft: TaskDraft): void {
    const { fields } = this;
    const exitState = memory.i32(at + fields.exitState);
    const zombie = (exitState & fields.exitZombie) !== 0;
    entry.counted = exitState === 0 || memory.i32(signal + fields.live) > 0;
    draft.state = this.states.letter(memory.i32(at + fields.state), exitState);
    draft.kthread = (memory.i32(at + fields.flags) & fields.pfKthread) !== 0;
    draft.startTimeNs = memory.u64(at + fields.startBoottime);
    draft.execId = memory.u32(at + fields.selfExecId);
    draft.pgrp = this.ties.pgrp(memory, signal);
    draft.session = this.ties.session(memory, signal);
    draft.noNewPrivs = (memory.u32(at + fields.atomicFlags) & (1 << fields.noNewPrivs)) !== 0;
    draft.exitCode = zombie ? this.exitCodeOf(memory, at, signal) : null;
    draft.oomVictim = memory.i32(signal + fields.oomMm) !== 0;
    draft.oomScoreAdj = (memory.u16(signal + fields.oomScoreAdj) << 16) >> 16;
  }

  private readFigures(
    memory: GuestMemory,
    at: number,
    signal: number,
    entry: TaskEntry,
    draft: TaskDraft,
    former: Task | null,
  ): void {
    const { fields, times } = this;
    const mm = draft.kthread ? 0 : memory.pointer(at + fields.mm);
    this.ties.places(memory, at, signal, mm, entry);
    draft.rssBytes = this.rssOf(memory, mm);
    draft.openFiles = this.files.read(memory, memory.pointer(at + fields.files), entry.files);
    // thread_group_cputime_adjusted in kernel/sched/cputime.c
    times.utimeNs = memory.u64(signal + fields.signalUtime);
    times.stimeNs = memory.u64(signal + fields.signalStime);
    times.runtimeNs = memory.u64(signal + fields.sumSchedRuntime);
    const process = { at, signal, threads: draft.threads, nsproxy: entry.nsproxy };
    const threadList = this.threads.read(memory, process, times, former?.threadList ?? null);
    if (threadList === undefined) this.dropped++;
    this.cputimes.adjust(memory, times, signal + fields.prevCputime);
    draft.threadList = threadList ?? null;
    draft.utimeNs = times.utimeNs;
    draft.stimeNs = times.stimeNs;
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

  private rssOf(memory: GuestMemory, mm: number): number | null {
    if (mm === 0) return null;
    const { fields } = this;
    const total =
      memory.i32(mm + fields.rssStat + 4 * fields.filePages) +
      memory.i32(mm + fields.rssStat + 4 * fields.anonPages) +
      memory.i32(mm + fields.rssStat + 4 * fields.shmemPages);
    return Math.max(0, total) * fields.pageSize;
  }

  /** As wait(2) would tell (wait_task_zombie in kernel/exit.c). */
  private exitCodeOf(memory: GuestMemory, at: number, signal: number): number {
    const { fields } = this;
    const group = (memory.u32(signal + fields.signalFlags) & fields.groupExit) !== 0;
    return memory.i32(group ? signal + fields.groupExitCode : at + fields.exitCode);
  }
}
