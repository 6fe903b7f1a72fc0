import { createStore, type StoreApi } from "zustand/vanilla";
import type { History } from "../model/history.ts";
import { type Rates, ratesBetween } from "../model/rates.ts";
import type { Cgroup, KernelSnapshot } from "../protocol/kernel-snapshot.ts";

/** A sample every quarter of a guest second, for a minute. */
const SAMPLE_NS = 250e6;
const MAX_SAMPLES = 240;
/** CPU of single processes is taken over longer: the scheduler's tick is 4 to 10 ms. */
const TASK_WINDOW_NS = 900e6;

export interface CgroupSample {
  readonly atNs: number;
  /** Guest time since the sample before; 0 for the first one. */
  readonly overNs: number;
  readonly memoryBytes: number | null;
  /** Shares since the sample before, 0 to 100; null for the first sample, or where there is nothing to throttle. */
  readonly cpuPercent: number | null;
  readonly throttledPercent: number | null;
  /** Whether the kernel killed for memory since the sample before. */
  readonly oomKilled: boolean;
  /** Whether usage was held at memory.max, or a fork was refused, since then. */
  readonly hitMemoryMax: boolean;
  readonly forkRefused: boolean;
  readonly pids: number | null;
  /** Bytes read and written a second over all devices since then; null without the io controller. */
  readonly ioBytesPerSec: number | null;
}

export interface HistoryState {
  readonly base: KernelSnapshot | null;
  readonly taskBase: KernelSnapshot | null;
  readonly cgroups: ReadonlyMap<number, readonly CgroupSample[]>;
  readonly taskRates: Rates["tasks"];
}

export type HistoryStore = StoreApi<HistoryState>;

export const EMPTY_HISTORY: HistoryState = { base: null, taskBase: null, cgroups: new Map(), taskRates: new Map() };

export function createHistoryStore(): HistoryStore {
  return createStore<HistoryState>(() => EMPTY_HISTORY);
}

export function clearHistory(store: HistoryStore): void {
  store.setState(EMPTY_HISTORY);
}

export function sampleHistory(state: HistoryState, snapshot: KernelSnapshot): HistoryState {
  const { base } = state;
  if (base && snapshot.guestTimeNs - base.guestTimeNs < SAMPLE_NS) return state;
  const rates = base && ratesBetween(base, snapshot);
  const before = new Map(base?.cgroups.map((cgroup) => [cgroup.id, cgroup]));
  const cgroups = new Map<number, readonly CgroupSample[]>();
  for (const cgroup of snapshot.cgroups) {
    const samples = state.cgroups.get(cgroup.id) ?? [];
    const sample = toSample(cgroup, snapshot.guestTimeNs, before.get(cgroup.id), rates);
    cgroups.set(cgroup.id, [...samples.slice(1 - MAX_SAMPLES), sample]);
  }
  return { base: snapshot, cgroups, ...sampleTasks(state, snapshot) };
}

/** What the charts showed at an earlier moment: the same sampling, over the moments that are kept. */
export function historyAt(past: History, atNs: number): HistoryState {
  let state = EMPTY_HISTORY;
  for (const { snapshot } of past.between(atNs - MAX_SAMPLES * SAMPLE_NS, atNs)) state = sampleHistory(state, snapshot);
  return state;
}

function toSample(cgroup: Cgroup, atNs: number, before: Cgroup | undefined, rates: Rates | null): CgroupSample {
  const rate = rates?.cgroups.get(cgroup.id);
  const rose = (read: (group: Cgroup) => number | undefined) =>
    before !== undefined && (read(cgroup) ?? 0) > (read(before) ?? 0);
  const seconds = rates ? rates.overNs / 1e9 : 0;
  return {
    atNs,
    overNs: rates?.overNs ?? 0,
    memoryBytes: cgroup.memory?.current ?? null,
    cpuPercent: rate?.cpuPercent ?? null,
    throttledPercent: rate?.throttledPercent ?? null,
    oomKilled: rose(({ memory }) => memory?.events.oom_kill),
    hitMemoryMax: rose(({ memory }) => memory?.events.max),
    forkRefused: rose(({ pids }) => pids?.events_max),
    pids: cgroup.pids?.current ?? null,
    ioBytesPerSec: before && cgroup.io && seconds > 0 ? Math.max(0, ioBytes(cgroup) - ioBytes(before)) / seconds : null,
  };
}

function ioBytes({ io }: Cgroup): number {
  return (io?.devices ?? []).reduce((total, { rbytes, wbytes }) => total + rbytes + wbytes, 0);
}

function sampleTasks(state: HistoryState, snapshot: KernelSnapshot): Pick<HistoryState, "taskBase" | "taskRates"> {
  const { taskBase, taskRates } = state;
  if (taskBase && snapshot.guestTimeNs - taskBase.guestTimeNs < TASK_WINDOW_NS) return { taskBase, taskRates };
  const rates = taskBase && ratesBetween(taskBase, snapshot);
  return { taskBase: snapshot, taskRates: rates?.tasks ?? taskRates };
}

/** Longer than a group that is throttled waits for its next turn, and than the shortest sample. */
const RECENT_NS = 1e9;

/** CPU over the last second, or over what there is of it, in guest time; null before the first figure. */
export function recentCpuPercent(samples: readonly CgroupSample[]): number | null {
  let [usedNs, overNs] = [0, 0];
  for (let index = samples.length - 1; index >= 0 && overNs < RECENT_NS; index--) {
    const sample = samples[index];
    if (!sample || sample.cpuPercent === null) break;
    usedNs += sample.cpuPercent * sample.overNs;
    overNs += sample.overNs;
  }
  return overNs === 0 ? null : usedNs / overNs;
}
