/** `docker pause` and `unpause`: one write, cgroup.freeze (cgroup-v2.rst), by which the kernel stops all of a container. */
import { freezeCgroup } from "../cgroups/container-cgroup.ts";
import { sourceHere } from "../linux/source-position.ts";
import type { Host } from "./host.ts";
import type { Step } from "./steps.ts";

interface FreezeContext {
  readonly host: Host;
  readonly cgroup: string;
  readonly frozen: boolean;
}

export const freezeSteps: readonly Step<FreezeContext>[] = [
  {
    name: "freeze",
    part: "cgroup",
    syscall: "write",
    args: ({ cgroup, frozen }) => [`${cgroup}/cgroup.freeze=${frozen ? 1 : 0}`],
    source: sourceHere(),
    run: ({ host, cgroup, frozen }) => freezeCgroup(host, cgroup, frozen),
  },
];
