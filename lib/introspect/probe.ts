/**
 * "Has anything happened that a snapshot would show as new?", in a handful of words: cheap enough for every slice of
 * emulation. Watched are the kernel's own counts (forks, live threads, css_sets, groups, mounts, the PID cursor, the
 * numbers given to namespaces) and, for what has no count (execve, setns, a change of group or credentials), the task
 * that runs right now against what the last snapshot knew of it. Limits, names and device states are compared word by word
 * (watched-words.ts). Figures that merely grow are not watched: they are read at the counters' rate.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { PasserReader } from "./passers.ts";
import type { TaskReader } from "./tasks.ts";
import type { WatchedWords } from "./watched-words.ts";

/** Words of the inode number bitmap that are watched: the first 128 namespaces. */
const BITMAP_WORDS = 4;

export class Probe {
  private readonly places: readonly number[];
  private readonly idaHead: number;
  private readonly currentTask: number;
  private readonly values: Int32Array;
  private readonly tasks: TaskReader;
  private readonly words: WatchedWords;
  private readonly passers: PasserReader;
  private readonly idleTask: number;
  private readonly switches: number;
  /** Context switches at the time when all words were compared last. */
  private comparedAt = 0;

  constructor(
    layout: KernelLayout,
    memory: GuestMemory,
    tasks: TaskReader,
    words: WatchedWords,
    passers: PasserReader,
  ) {
    this.words = words;
    this.passers = passers;
    const fields = fieldsOf(layout, {
      nrCgrps: "cgroup_root.nr_cgrps",
      idrNext: "pid_namespace.idr.idr_next",
      xaHead: "ida.xa.xa_head",
      switches: "rq.nr_switches",
    });
    const at = (symbol: string): number => memory.offsetOf(symbolOf(layout, symbol));
    this.idaHead = at("proc_inum_ida") + fields.xaHead;
    this.currentTask = at("current_task");
    this.idleTask = at("init_task");
    this.switches = at("runqueues") + fields.switches;
    this.places = [
      at("total_forks"),
      at("nr_threads"),
      at("css_set_count"),
      at("event"),
      at("cgrp_dfl_root") + fields.nrCgrps,
      at("init_pid_ns") + fields.idrNext,
      this.idaHead,
    ];
    this.values = new Int32Array(this.places.length + BITMAP_WORDS);
    this.tasks = tasks;
  }

  /** True when something changed since the last call or snapshot. */
  changed(memory: GuestMemory): boolean {
    this.passers.note(memory);
    return this.update(memory) || this.currentTaskChanged(memory) || this.wordsChanged(memory);
  }

  /** An idle guest is compared once: until it switches to a process again, nobody can have written anything. */
  private wordsChanged(memory: GuestMemory): boolean {
    if (memory.pointer(this.currentTask) !== this.idleTask) return this.words.partChanged(memory);
    const switches = memory.i32(this.switches);
    if (switches === this.comparedAt) return false;
    this.comparedAt = switches;
    return this.words.allChanged(memory);
  }

  /** Takes the present state for known; returns whether it was not. */
  update(memory: GuestMemory): boolean {
    const { places, values } = this;
    let changed = false;
    for (let index = 0; index < places.length; index++)
      changed = this.put(index, memory.i32(places[index] ?? 0)) || changed;
    // Up to 31 numbers fit into the head word itself; above, it points to the bitmap (lib/idr.c).
    const bitmap = memory.pointer(this.idaHead);
    for (let index = 0; bitmap !== 0 && index < BITMAP_WORDS; index++)
      changed = this.put(places.length + index, memory.i32(bitmap + 4 * index)) || changed;
    return changed && values.length > 0;
  }

  private put(index: number, value: number): boolean {
    if (this.values[index] === value) return false;
    this.values[index] = value;
    return true;
  }

  private currentTaskChanged(memory: GuestMemory): boolean {
    const { fields } = this.tasks;
    const at = memory.pointer(this.currentTask);
    const pid = memory.i32(at + fields.pid);
    if (at === 0 || pid === 0 || memory.i32(at + fields.tgid) !== pid) return false;
    const entry = this.tasks.entryAt(at);
    if (!entry?.task) return true;
    return (
      entry.task.pid !== pid ||
      entry.task.execId !== memory.u32(at + fields.selfExecId) ||
      entry.nsproxy !== memory.pointer(at + fields.nsproxy) ||
      entry.cssSet !== memory.pointer(at + fields.cgroups) ||
      entry.cred !== memory.pointer(at + fields.realCred) ||
      entry.comm0 !== memory.i32(at + fields.comm)
    );
  }
}
