/** First part of starting a container: its cgroup with limits and devices, before there is a process to be limited. */
import { makeCgroupPath, removeMade } from "../cgroups/cgroup-path.ts";
import { applyResources, createCgroup, tryRemoveCgroup } from "../cgroups/container-cgroup.ts";
import { attachDeviceProgram, defaultDeviceProgram, loadDeviceProgram } from "../cgroups/devices.ts";
import { cgroupWrites } from "../cgroups/resources.ts";
import { sourceHere } from "../linux/source-position.ts";
import type { CreateContext } from "./create-context.ts";
import type { Step } from "./steps.ts";

export const cgroupSteps: readonly Step<CreateContext>[] = [
  {
    name: "create-cgroup",
    part: "cgroup",
    syscall: "mkdir",
    args: ({ cgroupFolder }) => [cgroupFolder],
    source: sourceHere(),
    run: (c) => {
      if (c.state.spec.cgroupsPath === null) {
        c.cgroup = createCgroup(c.host, c.cgroupFolder);
        return;
      }
      const { fd, made } = makeCgroupPath(c.host, c.cgroupFolder);
      c.cgroup = fd;
      c.madeCgroups = made;
    },
    undo: (c) => {
      if (!tryRemoveCgroup(c.cgroupFolder)) throw new Error(`rmdir(2) ${c.cgroupFolder}: EBUSY`);
      removeMade(c.madeCgroups);
    },
  },
  {
    name: "set-limits",
    part: "cgroup",
    syscall: "write",
    args: ({ state }) => cgroupWrites(state.spec.resources).map(({ file, value }) => `${file}=${value}`),
    source: sourceHere(),
    when: ({ state }) => cgroupWrites(state.spec.resources).length > 0,
    run: ({ host, cgroupFolder, state }) => applyResources(host, cgroupFolder, state.spec.resources),
  },
  {
    name: "allow-devices",
    part: "cgroup",
    syscall: "bpf",
    args: () => ["BPF_PROG_ATTACH", "BPF_CGROUP_DEVICE"],
    source: sourceHere(),
    when: ({ state }) => state.spec.deviceRules !== "all",
    run: allowDevices,
  },
];

function allowDevices({ host, cgroup, state }: CreateContext): void {
  const { linux } = host;
  const { deviceRules } = state.spec;
  if (deviceRules === "all") return;
  if (deviceRules === "default") {
    attachDeviceProgram(linux, cgroup, defaultDeviceProgram(linux));
    return;
  }
  const program = loadDeviceProgram(linux, deviceRules);
  attachDeviceProgram(linux, cgroup, program);
  linux.close(program);
}
