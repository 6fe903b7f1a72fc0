/**
 * `delete` (runtime.md, "Delete"): what create made, in reverse; every step is content with finding nothing, so one that
 * was cut short is done again. poststop hooks come last and cannot stop anything.
 */
import { existsSync } from "node:fs";
import { removeMade } from "../cgroups/cgroup-path.ts";
import { removeCgroupTree } from "../cgroups/remove-tree.ts";
import type { Host } from "../container/host.ts";
import { runSteps, type Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { type BundleRecord, bundleFolder, bundleReporter, removeRecord, stateObject } from "./bundle-state.ts";
import { runHooks } from "./run-hooks.ts";

interface DestroyContext {
  readonly host: Host;
  readonly root: string;
  readonly record: BundleRecord;
  readonly warn: (text: string) => void;
}

export const bundleDeleteSteps: readonly Step<DestroyContext>[] = [
  {
    // Everything in it dies with it.
    name: "remove-cgroup",
    part: "cgroup",
    syscall: "rmdir",
    args: ({ record }) => [record.cgroup],
    source: sourceHere(),
    run: ({ host, record }) => {
      if (existsSync(record.cgroup)) removeCgroupTree(host, record.cgroup);
      removeMade(record.madeCgroups);
    },
  },
  {
    name: "remove-state",
    part: null,
    syscall: "unlinkat",
    args: ({ root, record }) => [bundleFolder(root, record.id)],
    source: sourceHere(),
    run: ({ root, record }) => removeRecord(root, record.id),
  },
  {
    name: "poststop-hooks",
    part: null,
    syscall: "execve",
    args: ({ record }) => (record.spec.hooks?.poststop ?? []).map(({ path }) => path),
    source: sourceHere(),
    when: ({ record }) => (record.spec.hooks?.poststop ?? []).length > 0,
    run: ({ record, warn }) => {
      const failure = runHooks(record.spec.hooks, "poststop", stateObject(record, "stopped", null), true);
      if (failure !== null) warn(failure);
    },
  },
];

export function destroyBundle(host: Host, root: string, record: BundleRecord, warn: (text: string) => void): void {
  runSteps(bundleDeleteSteps, { host, root, record, warn }, bundleReporter(host, record, "delete"));
}
