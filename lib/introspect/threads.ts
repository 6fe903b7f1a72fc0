/**
 * The threads of a process (signal_struct.thread_head): each one's times for the sum, and, for processes with several, tid, comm
 * and state as in /proc/PID/task. Threads that have left their process's namespaces are told apart, as they keep namespaces
 * alive that no process is in.
 */
import type { Thread } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { Cputime } from "./cputime.ts";
import { type GuestMemory, walkList } from "./guest-memory.ts";
import type { TaskFields } from "./task-fields.ts";
import { TaskStateDecoder } from "./task-state.ts";

const MAX_LISTED = 64;

export interface StrayThread {
  readonly pid: number;
  readonly tid: number;
  /** Offset of its nsproxy. */
  readonly nsproxy: number;
}

export class ThreadsReader {
  /** Of all processes read since `begin`. */
  strays: StrayThread[] = [];
  private readonly fields: TaskFields;
  private readonly states: TaskStateDecoder;

  constructor(layout: KernelLayout, fields: TaskFields) {
    this.fields = fields;
    this.states = new TaskStateDecoder(layout);
  }

  begin(): void {
    this.strays = [];
  }

  /** Adds the times of all threads to `times`; the list is null for a single thread, undefined where it is broken. */
  read(
    memory: GuestMemory,
    process: { at: number; signal: number; threads: number; nsproxy: number },
    times: Cputime,
    former: readonly Thread[] | null,
  ): readonly Thread[] | null | undefined {
    const { fields } = this;
    const { at: leader, signal, threads } = process;
    if (threads === 1) {
      this.addTimes(memory, leader, times);
      return null;
    }
    const pid = memory.i32(leader + fields.pid);
    const listed: Thread[] = [];
    const whole = walkList(memory, signal + fields.threadHead, threads + 1, (node) => {
      const thread = node - fields.threadNode;
      if (memory.i32(thread + fields.tgid) !== pid) return false;
      this.addTimes(memory, thread, times);
      if (listed.length < MAX_LISTED) listed.push(this.thread(memory, thread, former?.[listed.length]));
      const nsproxy = memory.pointer(thread + fields.nsproxy);
      if (thread !== leader && nsproxy !== 0 && nsproxy !== process.nsproxy)
        this.strays.push({ pid, tid: memory.i32(thread + fields.pid), nsproxy });
      return true;
    });
    if (!whole) return undefined;
    const same = former?.length === listed.length && listed.every((thread, index) => thread === former[index]);
    return same ? former : listed;
  }

  private addTimes(memory: GuestMemory, thread: number, times: Cputime): void {
    const { fields } = this;
    times.utimeNs += memory.u64(thread + fields.utime);
    times.stimeNs += memory.u64(thread + fields.stime);
    times.runtimeNs += memory.u64(thread + fields.sumExecRuntime);
  }

  private thread(memory: GuestMemory, at: number, former: Thread | undefined): Thread {
    const { fields } = this;
    const tid = memory.i32(at + fields.pid);
    const comm = memory.text(at + fields.comm, fields.commBytes);
    const state = this.states.letter(memory.i32(at + fields.state), memory.i32(at + fields.exitState));
    return former?.tid === tid && former.comm === comm && former.state === state ? former : { tid, comm, state };
  }
}
