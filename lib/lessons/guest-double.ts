import { diff } from "../model/diff.ts";
import { sampleTask } from "../model/sample-snapshot.ts";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import { type KernelSnapshot, NAMESPACE_TYPES, type NamespaceType, type Task } from "../protocol/kernel-snapshot.ts";

type Namespaces = Readonly<Record<NamespaceType, number>>;

const HOST = Object.fromEntries(
  NAMESPACE_TYPES.map((type, index) => [type, 4_026_531_834 + index]),
) as unknown as Namespaces;

export interface Spawn {
  readonly comm: string;
  readonly parent?: number;
  /** Namespace types in which it is on its own; with "pid" it is PID 1 of a new PID namespace. */
  readonly unshare?: readonly NamespaceType[];
}

/** For unit tests: a guest of a few processes that lives by fork, exec and exit and shows snapshots as the kernel's. */
export class GuestDouble {
  #tasks = new Map<number, Task>();
  #lastPid = 0;
  #lastInode = 4_026_532_000;
  #lastInner = new Map<number, number>();
  #sequence = 0;
  #shown: KernelSnapshot | null = null;
  #passed: Task[] = [];

  constructor() {
    this.spawn({ comm: "init", parent: 0 });
    this.spawn({ comm: "bash", parent: 1 });
  }

  /** Forks (from the host's shell) and execs; returns the PID on the host. */
  spawn({ comm, parent = 2, unshare = [] }: Spawn): number {
    const pid = ++this.#lastPid;
    const from = this.#tasks.get(parent);
    const fresh = Object.fromEntries(unshare.map((type) => [type, ++this.#lastInode]));
    const namespaces = { ...(from?.namespaces ?? HOST), ...fresh } as Namespaces;
    const outer = from ? from.pids.length : 1;
    const pids = Array.from({ length: outer }, (_, depth) => (depth === 0 ? pid : this.#nextInner(namespaces.pid)));
    if (unshare.includes("pid")) pids.push(this.#nextInner(namespaces.pid));
    this.#tasks.set(pid, task(pid, parent, pids, comm, namespaces));
    return pid;
  }

  /** The kernel ends the rest of a PID namespace with its PID 1. */
  exit(pid: number): void {
    const gone = this.#tasks.get(pid);
    this.#tasks.delete(pid);
    if (gone && !this.#shown?.tasks.includes(gone)) this.#passed.push(gone);
    if (!gone || gone.pids.length < 2 || gone.pids.at(-1) !== 1) return;
    for (const other of this.#tasks.values())
      if (other.namespaces.pid === gone.namespaces.pid) this.#tasks.delete(other.pid);
  }

  /** What a machine's next snapshot notice would carry. */
  show(): { readonly snapshot: KernelSnapshot; readonly events: readonly KernelEvent[] } {
    const snapshot: KernelSnapshot = {
      sequence: ++this.#sequence,
      guestTimeNs: this.#sequence * 1e7,
      tasks: [...this.#tasks.values()],
      passed: this.#passed,
      namespaces: [],
      cgroups: [],
      mounts: [],
      overlays: [],
      netDevices: [],
      sockets: [],
      routes: [],
      nftChains: [],
      totalForks: this.#lastPid,
      dropped: 0,
    };
    const events = diff(this.#shown, snapshot);
    this.#shown = snapshot;
    this.#passed = [];
    return { snapshot, events };
  }

  #nextInner(namespace: number): number {
    const next = (this.#lastInner.get(namespace) ?? 0) + 1;
    this.#lastInner.set(namespace, next);
    return next;
  }
}

function task(pid: number, ppid: number, pids: readonly number[], comm: string, namespaces: Namespaces): Task {
  const shape = { ppid, pids, comm, execId: pid, namespaces, pidForChildren: namespaces.pid, rssBytes: 1 << 20 };
  return sampleTask(pid, shape);
}
