/**
 * What a look at the kernel costs: a full snapshot of everything at about 50 processes and 20 cgroups, and at 1,000 and 200;
 * the probe that runs after each slice, of a guest that idles. The guest stands still meanwhile, so of a snapshot nearly all is
 * remembered; what one costs that finds processes come and gone is measured beside it. Medians, after the code is warm.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { createIntrospector } from "../lib/introspect/snapshot.ts";
import { type NodeMachine, startNodeMachine } from "../lib/machine/node-machine.ts";
import type { KernelSnapshot } from "../lib/protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../lib/protocol/layout.ts";
import type { GuestManifest } from "../lib/protocol/manifest.ts";
import { type BenchContext, type Figure, figure, median } from "./figure.ts";

const SMALL = { processes: 50, cgroups: 20 };
const LARGE = { processes: 1_000, cgroups: 200 };
const WARM_UP = 500;
const SNAPSHOTS = 300;
/** One probe is shorter than the clock can tell: measured by the thousand. */
const PROBES = 1_000;
/** Between two snapshots of a guest that starts processes without end. */
const CHURN_MS = 20;
const CHURN_SNAPSHOTS = 200;
const SHELL_TIMEOUT_MS = 600_000;

/** Shells that wait on a fifo, forked without execve(2): a thousand programs would take minutes to start. */
async function fillGuest(guest: NodeMachine, to: typeof SMALL): Promise<void> {
  const command = [
    "cd /sys/fs/cgroup && echo '+memory +cpu +pids +io' > cgroup.subtree_control",
    `have=$(find . -type d | wc -l); while [ $have -lt ${to.cgroups} ]; do mkdir -p bench-$have; have=$((have+1)); done`,
    "[ -p /tmp/bench-never ] || mkfifo /tmp/bench-never",
    `set -- /proc/[0-9]*; i=$#; while [ $i -lt ${to.processes} ]; do`,
    "  read line > /dev/null 2>&1 < /tmp/bench-never & i=$((i+1))",
    `  if [ -d bench-$((i % ${to.cgroups})) ]; then echo $! > bench-$((i % ${to.cgroups}))/cgroup.procs; fi`,
    "done; :",
  ].join("\n");
  const { exitCode, stderr } = await guest.ask("shell", { command }, SHELL_TIMEOUT_MS);
  if (exitCode !== 0) throw new Error(`filling the guest: exit ${exitCode}: ${stderr}`);
}

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function timed(action: () => void): number {
  const startedAt = performance.now();
  action();
  return performance.now() - startedAt;
}

/** A timer of ours runs between two slices, when the guest stands still. */
async function measureChurn(guest: NodeMachine, layout: KernelLayout): Promise<number> {
  const introspector = createIntrospector(layout);
  const costs: number[] = [];
  guest.type("hvc0", "while :; do /bin/true; done\n");
  for (let round = 0; round < CHURN_SNAPSHOTS; round++) {
    await passed(CHURN_MS);
    const ram = guest.session().emulator.memory();
    introspector.changed(ram);
    costs.push(timed(() => introspector.snapshot(ram)));
  }
  guest.type("hvc0", "\x03");
  return median(costs);
}

interface Costs {
  readonly snapshotMs: number;
  readonly coldMs: number;
  readonly probeMs: number;
  readonly seen: KernelSnapshot;
}

async function measure(guest: NodeMachine, layout: KernelLayout): Promise<Costs> {
  const { emulator } = guest.session();
  await emulator.stop();
  const ram = emulator.memory();
  const introspector = createIntrospector(layout);
  for (let round = 0; round < WARM_UP; round++) introspector.snapshot(ram);
  const warm = Array.from({ length: SNAPSHOTS }, () => timed(() => introspector.snapshot(ram)));
  const cold = Array.from({ length: SNAPSHOTS / 10 }, () => timed(() => createIntrospector(layout).snapshot(ram)));
  const probes = Array.from({ length: 20 }, () =>
    timed(() => {
      for (let probe = 0; probe < PROBES; probe++) introspector.changed(ram);
    }),
  );
  const seen = introspector.snapshot(ram);
  await emulator.run();
  return { snapshotMs: median(warm), coldMs: median(cold), probeMs: median(probes) / PROBES, seen };
}

/** Cost a thing seen, at the large size against the small one: 1 where it grows in line. */
function growth(small: Costs, large: Costs): number {
  const each = ({ snapshotMs, seen }: Costs): number => snapshotMs / (seen.tasks.length + seen.cgroups.length);
  return each(large) / each(small);
}

export async function figures({ imageDir, note }: BenchContext): Promise<readonly Figure[]> {
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(imageDir, file), "utf8"));
  const layout = read((read("manifest.json") as GuestManifest).files.layout.path) as KernelLayout;
  const guest = await startNodeMachine(imageDir, { watchHz: 0 });
  try {
    await fillGuest(guest, SMALL);
    const small = await measure(guest, layout);
    note(`${small.seen.tasks.length} processes, ${small.seen.cgroups.length} cgroups`);
    const churnMs = await measureChurn(guest, layout);
    await fillGuest(guest, LARGE);
    const large = await measure(guest, layout);
    note(`${large.seen.tasks.length} processes, ${large.seen.cgroups.length} cgroups`);
    return [
      figure("snapshot of 50 processes and 20 cgroups", small.snapshotMs, "ms", 0.3),
      figure("snapshot of 50 processes and 20 cgroups, others come and go", churnMs, "ms", 0.3),
      figure("snapshot of 1,000 processes and 200 cgroups", large.snapshotMs, "ms", 5),
      figure("snapshot, ns a process or cgroup, large to small", growth(small, large), "ratio", 1.5),
      figure("snapshot of 1,000 processes that all are new", large.coldMs, "ms", null),
      figure("probe", large.probeMs, "ms", 0.005),
    ];
  } finally {
    await guest.end();
  }
}
