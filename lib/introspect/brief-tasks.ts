/**
 * A process as it is seen between two snapshots: what the timeline says of one that is gone by the next, and no more. Read in
 * the slice in which it is new, and again when it has another name; so it has to cost little.
 *
 * Order: between two snapshots, as it refers to namespaces and groups by what stands in them.
 */
import type { BriefTask } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { CgroupReader } from "./cgroups.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { NamespaceReader } from "./namespaces.ts";
import { type NamespaceSet, nsproxyFieldsOf } from "./nsproxy.ts";
import type { TaskFields } from "./task-fields.ts";

export class BriefTaskReader {
  private readonly fields: TaskFields;
  private readonly proxy;
  private readonly namespaces: NamespaceReader;
  private readonly cgroups: CgroupReader;
  /** Handed on while it says the same: who is born is mostly where others are. */
  private lastSet: NamespaceSet | null = null;

  constructor(layout: KernelLayout, fields: TaskFields, namespaces: NamespaceReader, cgroups: CgroupReader) {
    this.fields = fields;
    this.proxy = nsproxyFieldsOf(layout);
    this.namespaces = namespaces;
    this.cgroups = cgroups;
  }

  /** Null where there is no process to believe in, or not yet. */
  read(memory: GuestMemory, at: number): BriefTask | null {
    const { fields } = this;
    const pid = memory.i32(at + fields.pid);
    if (!(pid > 0) || pid > fields.maxPid || memory.i32(at + fields.tgid) !== pid) return null;
    const signal = memory.pointer(at + fields.signal);
    const cred = memory.pointer(at + fields.realCred);
    const cssSet = memory.pointer(at + fields.cgroups);
    const parent = memory.pointer(at + fields.realParent);
    const struct = memory.pointer(at + fields.threadPid);
    if (signal === 0 || cred === 0 || cssSet === 0 || parent === 0 || struct === 0) return null;
    const ppid = memory.i32(parent + fields.tgid);
    const threads = memory.i32(signal + fields.nrThreads);
    if (ppid < 0 || ppid > fields.maxPid || threads < 1 || threads > fields.maxPid) return null;
    const pids = this.pidsOf(memory, struct);
    const cgroup = this.cgroups.idOf(memory, memory.pointer(cssSet + fields.dflCgrp));
    if (pids?.[0] !== pid || cgroup === null) return null;
    const namespaces = this.setOf(memory, at, struct, pids.length - 1, cred);
    if (!namespaces) return null;
    return {
      pid,
      ppid,
      pids,
      comm: memory.text(at + fields.comm, fields.commBytes),
      startTimeNs: memory.u64(at + fields.startBoottime),
      execId: memory.u32(at + fields.selfExecId),
      namespaces,
      cgroup,
      threads,
      oomVictim: memory.i32(signal + fields.oomMm) !== 0,
    };
  }

  private pidsOf(memory: GuestMemory, struct: number): number[] | null {
    const { fields } = this;
    const level = memory.u32(struct + fields.level);
    if (level > fields.maxLevel) return null;
    const pids: number[] = [];
    for (let index = 0; index <= level; index++) {
      const number = memory.i32(struct + fields.numbers + fields.upidNr + index * fields.upidSize);
      if (number <= 0 || number > fields.maxPid) return null;
      pids.push(number);
    }
    return pids;
  }

  private setOf(memory: GuestMemory, at: number, struct: number, level: number, cred: number): NamespaceSet | null {
    const { fields, proxy, namespaces, lastSet } = this;
    const pid = namespaces.inodeAt(
      memory,
      "pid",
      memory.pointer(struct + fields.numbers + level * fields.upidSize + fields.upidNs),
    );
    const user = namespaces.inodeAt(memory, "user", memory.pointer(cred + fields.userNs));
    if (pid === null || user === null) return null;
    // 0 is a task that has let go of its namespaces (exit_task_namespaces).
    const from = memory.pointer(at + fields.nsproxy);
    const mnt = from === 0 ? null : namespaces.inodeAt(memory, "mnt", memory.pointer(from + proxy.mnt));
    const net = from === 0 ? null : namespaces.inodeAt(memory, "net", memory.pointer(from + proxy.net));
    const uts = from === 0 ? null : namespaces.inodeAt(memory, "uts", memory.pointer(from + proxy.uts));
    const ipc = from === 0 ? null : namespaces.inodeAt(memory, "ipc", memory.pointer(from + proxy.ipc));
    const cgroup = from === 0 ? null : namespaces.inodeAt(memory, "cgroup", memory.pointer(from + proxy.cgroup));
    const time = from === 0 ? null : namespaces.inodeAt(memory, "time", memory.pointer(from + proxy.time));
    if (
      lastSet?.pid === pid &&
      lastSet.user === user &&
      lastSet.mnt === mnt &&
      lastSet.net === net &&
      lastSet.uts === uts &&
      lastSet.ipc === ipc &&
      lastSet.cgroup === cgroup &&
      lastSet.time === time
    )
      return lastSet;
    this.lastSet = { pid, mnt, net, uts, ipc, user, cgroup, time };
    return this.lastSet;
  }
}
