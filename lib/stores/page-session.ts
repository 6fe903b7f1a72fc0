import type { MachineClient } from "../machine/client.ts";
import type { BootState, MachineNotice, TerminalId } from "../protocol/machine.ts";
import { createDockStore, type DockStore } from "./dock-store.ts";
import { createFrameQueue } from "./frame-queue.ts";
import { clearHistory, createHistoryStore, type HistoryStore, sampleHistory } from "./history-store.ts";
import {
  applySnapshot,
  clearKernelStore,
  createKernelStore,
  expireMarks,
  type KernelStore,
  nextExpiryMs,
} from "./kernel-store.ts";
import { appendLines, createLogStore, EMPTY_LOG, type LogStore } from "./log-store.ts";
import { applyBootState, createMachineStore, type MachineStore } from "./machine-store.ts";
import { createNamesStore, learnNames, type NamesStore } from "./names-store.ts";
import { createSelectionStore, type SelectionStore } from "./selection-store.ts";
import { createTerminalHub, type TerminalHub } from "./terminal-hub.ts";
import { createTimeMachine, type TimeStore } from "./time-store.ts";
import { appendTimeline, createTimelineStore, type TimelineStore } from "./timeline-store.ts";

/** One visitor's machine with the stores that it feeds. Made per page, never global: two labs on a page do not mix. */
export interface PageSession {
  readonly client: MachineClient;
  readonly machine: MachineStore;
  /** The kernel as it is now. */
  readonly kernel: KernelStore;
  readonly history: HistoryStore;
  /** The kernel as panels show it: now, or at the moment at which the time cursor stands. */
  readonly shown: { readonly kernel: KernelStore; readonly history: HistoryStore };
  readonly time: TimeStore;
  /** Moves the time cursor; null goes back to live. */
  seek(atNs: number | null): void;
  readonly names: NamesStore;
  readonly timeline: TimelineStore;
  readonly log: LogStore;
  readonly selection: SelectionStore;
  readonly terminals: TerminalHub;
  readonly dock: DockStore;
  /** Types text as if at the keyboard. */
  type(terminal: TerminalId, text: string): void;
  reset(): void;
  dispose(): void;
}

/** From here on nothing of an earlier guest is true. */
const startsAnew = (boot: BootState) => boot.state === "restoring" || boot.state === "booting";

type QueuedNotice = Extract<MachineNotice, { type: "snapshot" | "step" | "kernel-log" }>;

export function createPageSession(client: MachineClient): PageSession {
  const machine = createMachineStore();
  const kernel = createKernelStore();
  const history = createHistoryStore();
  const shown = { kernel: createKernelStore(), history: createHistoryStore() };
  const timeMachine = createTimeMachine({ kernel, history }, shown);
  const names = createNamesStore();
  const timeline = createTimelineStore();
  const log = createLogStore();
  const selection = createSelectionStore();
  const terminals = createTerminalHub();
  const dock = createDockStore();
  const queue = createFrameQueue<QueuedNotice>((notices) => flush(notices));
  let expiryTimer: ReturnType<typeof setTimeout> | null = null;

  const flush = (notices: readonly QueuedNotice[]) => {
    const snapshots = notices.filter((notice) => notice.type === "snapshot");
    const events = snapshots.flatMap((notice) => notice.events);
    const steps = notices.flatMap((notice) => (notice.type === "step" ? [notice.step] : []));
    const lines = notices.flatMap((notice) => (notice.type === "kernel-log" ? notice.lines : []));
    const newest = snapshots.at(-1);
    if (newest) {
      const snapshot = timeMachine.keep(newest.snapshot, events);
      kernel.setState((state) => applySnapshot(state, snapshot, events, performance.now()));
      history.setState((state) => sampleHistory(state, snapshot));
      scheduleExpiry();
    }
    if (steps.length > 0) names.setState((state) => learnNames(state, steps));
    if (events.length + steps.length > 0) timeline.setState((state) => appendTimeline(state, events, steps));
    if (lines.length > 0) log.setState((state) => appendLines(state, lines));
  };

  const scheduleExpiry = () => {
    if (expiryTimer !== null) return;
    const at = nextExpiryMs(kernel.getState());
    if (at === null) return;
    expiryTimer = setTimeout(
      () => {
        expiryTimer = null;
        kernel.setState((state) => expireMarks(state, performance.now()));
        scheduleExpiry();
      },
      Math.max(16, at - performance.now()),
    );
  };

  const forget = () => {
    queue.clear();
    clearKernelStore(kernel);
    clearHistory(history);
    timeMachine.forget();
    names.setState({ names: new Map() });
    timeline.setState({ entries: [] });
    log.setState(EMPTY_LOG);
    selection.setState({ selected: null, source: null });
    terminals.clear();
  };

  client.subscribe((notice) => {
    switch (notice.type) {
      case "boot-state":
        if (startsAnew(notice.boot)) forget();
        machine.setState((state) => applyBootState(state, notice.boot));
        return;
      case "output":
        terminals.publish(notice.terminal, notice.data);
        return;
      case "snapshot":
      case "step":
      case "kernel-log":
        queue.push(notice);
        return;
      case "answer":
        return;
    }
  });

  const encoder = new TextEncoder();
  return {
    client,
    machine,
    kernel,
    history,
    shown,
    time: timeMachine.time,
    seek: timeMachine.seek,
    names,
    timeline,
    log,
    selection,
    terminals,
    dock,
    type: (terminal, text) => client.send({ type: "input", terminal, data: encoder.encode(text) }),
    reset: () => client.send({ type: "reset" }),
    dispose() {
      queue.clear();
      if (expiryTimer !== null) clearTimeout(expiryTimer);
      client.dispose();
    },
  };
}
