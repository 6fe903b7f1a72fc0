/**
 * Second part of the life of a docker container's init: its root, from overlayfs to the last masked path. The mounts that
 * every such container has are steps of their own; the bundle's way, where all are given, is init-bundle-steps.ts.
 */
import { MNT_DETACH, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { makeDevices, mountDev } from "./dev.ts";
import type { InitContext } from "./init-context.ts";
import { protectSteps } from "./protect-steps.ts";
import { attachVolumes, mountOn, openVolumes, overlayData } from "./root-mounts.ts";
import { clip, type Step } from "./steps.ts";

const SAFE = MS_NOSUID | MS_NODEV | MS_NOEXEC;

export const dockerRootSteps: readonly Step<InitContext>[] = [
  {
    name: "mount-root",
    part: "filesystem",
    syscall: "mount",
    args: (c) => ["overlay", c.rootPath, "overlay", clip(overlayData(c))],
    source: sourceHere(),
    run: (c) => c.linux.mount("overlay", c.rootPath, "overlay", 0, overlayData(c)),
  },
  {
    // While the host's files can still be named.
    name: "open-volumes",
    part: "filesystem",
    syscall: "open_tree",
    args: ({ spec }) => ["OPEN_TREE_CLONE", ...spec.mounts.map(({ source }) => clip(source)).slice(0, 20)],
    source: sourceHere(),
    run: openVolumes,
  },
  {
    // The old root now lies over the new one and can be taken away by "."; paths already start at the new root.
    name: "pivot-root",
    part: "filesystem",
    syscall: "pivot_root",
    args: () => [".", "."],
    source: sourceHere(),
    run: ({ linux, rootPath }) => {
      linux.chdir(rootPath);
      linux.pivotRoot(".", ".");
    },
  },
  {
    name: "mount-proc",
    part: "filesystem",
    syscall: "mount",
    args: () => ["proc", "/proc", "proc", "MS_NOSUID|MS_NODEV|MS_NOEXEC"],
    source: sourceHere(),
    run: ({ linux }) => mountOn(linux, "proc", "/proc", "proc", SAFE, null),
  },
  {
    name: "mount-dev",
    part: "filesystem",
    syscall: "mount",
    args: () => ["tmpfs", "/dev", "tmpfs", "then devpts, shm, mqueue"],
    source: sourceHere(),
    run: mountDev,
  },
  {
    name: "make-devices",
    part: "filesystem",
    syscall: "mknod",
    args: () => ["/dev/null", "zero", "full", "random", "urandom", "tty"],
    source: sourceHere(),
    run: makeDevices,
  },
  {
    name: "mount-sys",
    part: "filesystem",
    syscall: "mount",
    args: ({ spec }) => ["sysfs", "/sys", "sysfs", spec.privileged ? "" : "MS_RDONLY"],
    source: sourceHere(),
    run: ({ linux, spec }) => mountOn(linux, "sysfs", "/sys", "sysfs", SAFE | (spec.privileged ? 0 : MS_RDONLY), null),
  },
  {
    // In its cgroup namespace the container sees its own group as the root of the tree.
    name: "mount-cgroup",
    part: "cgroup",
    syscall: "mount",
    args: () => ["cgroup", "/sys/fs/cgroup", "cgroup2"],
    source: sourceHere(),
    run: ({ linux, spec }) =>
      linux.mount("cgroup", "/sys/fs/cgroup", "cgroup2", SAFE | (spec.privileged ? 0 : MS_RDONLY), null),
  },
  {
    name: "attach-volumes",
    part: "filesystem",
    syscall: "move_mount",
    args: (c) => [...c.etcTrees, ...c.spec.mounts].map(({ destination }) => clip(destination)).slice(0, 20),
    source: sourceHere(),
    run: attachVolumes,
  },
  ...protectSteps(
    () => ["/dev/null", "/proc/kcore …", "MS_BIND"],
    () => ["/proc/sys …", "MS_BIND|MS_REMOUNT|MS_RDONLY"],
  ),
  {
    // After the mounts: in a user namespace proc and sysfs may only be mounted while whole ones are in sight.
    name: "detach-old-root",
    part: "filesystem",
    syscall: "umount2",
    args: () => [".", "MNT_DETACH"],
    source: sourceHere(),
    run: ({ linux }) => linux.umount2(".", MNT_DETACH),
  },
];
