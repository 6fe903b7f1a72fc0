/**
 * The root of a bundle's container, made before pivot_root(2), below a descriptor of it, so that hooks find it complete
 * where config.json says it is (runtime.md, "Lifecycle": createRuntime and createContainer come before the pivot). What
 * can only be done on the new "/" comes after.
 */
import {
  MNT_DETACH,
  MS_BIND,
  MS_REC,
  MS_SHARED,
  MS_SLAVE,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
} from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { awaitHooks, containerHooks } from "../oci/bundle-init.ts";
import { makeBundleDevices } from "./bundle-dev.ts";
import type { InitContext } from "./init-context.ts";
import { attachMounts, prepareMounts } from "./mounts.ts";
import { separateParentMount } from "./parent-mount.ts";
import { protectSteps } from "./protect-steps.ts";
import { clip, type Step } from "./steps.ts";

export const bundleRootSteps: readonly Step<InitContext>[] = [
  {
    // pivot_root(2) wants a mount, and one whose parent tells nobody about it.
    name: "mount-root",
    part: "filesystem",
    syscall: "mount",
    args: ({ rootPath }) => [rootPath, rootPath, "MS_BIND|MS_REC"],
    source: sourceHere(),
    run: (c) => {
      if ((c.spec.rootfsPropagation ?? 0) & MS_SHARED) separateParentMount(c.linux, c.rootPath);
      c.linux.mount(c.rootPath, c.rootPath, null, MS_BIND | MS_REC, null);
      c.rootFd = c.linux.open(c.rootPath, O_PATH | O_DIRECTORY | O_CLOEXEC);
    },
  },
  {
    name: "open-volumes",
    part: "filesystem",
    syscall: "open_tree",
    args: ({ spec }) => ["OPEN_TREE_CLONE", ...spec.mounts.map(({ source }) => clip(source)).slice(0, 20)],
    source: sourceHere(),
    when: ({ spec }) => spec.mounts.length > 0,
    run: prepareMounts,
  },
  {
    name: "attach-volumes",
    part: "filesystem",
    syscall: "mount",
    args: ({ spec }) => spec.mounts.map(({ destination }) => clip(destination)).slice(0, 20),
    source: sourceHere(),
    when: ({ spec }) => spec.mounts.length > 0,
    run: (c) => attachMounts(c, c.rootFd),
  },
  {
    name: "make-devices",
    part: "filesystem",
    syscall: "mknodat",
    args: ({ spec }) => [
      "/dev/null",
      "zero",
      "full",
      "random",
      "urandom",
      "tty",
      ...spec.devices.map(({ path }) => path),
    ],
    source: sourceHere(),
    run: (c) => makeBundleDevices(c, c.rootFd),
  },
  {
    name: "await-hooks",
    part: null,
    syscall: "read",
    args: () => ["prestart", "createRuntime"],
    source: sourceHere(),
    when: ({ spec }) => spec.hooks !== null,
    run: awaitHooks,
  },
  {
    name: "container-hooks",
    part: null,
    syscall: "execve",
    args: ({ spec }) => (spec.hooks?.createContainer ?? []).map(({ path }) => path),
    source: sourceHere(),
    when: ({ spec }) => (spec.hooks?.createContainer ?? []).length > 0,
    run: containerHooks,
  },
  {
    // The old root now lies over the new one and can be taken away by "."; paths already start at the new root.
    name: "pivot-root",
    part: "filesystem",
    syscall: "pivot_root",
    args: () => [".", "."],
    source: sourceHere(),
    run: ({ linux, rootFd }) => {
      linux.fchdir(rootFd);
      linux.pivotRoot(".", ".");
      linux.close(rootFd);
    },
  },
  {
    name: "detach-old-root",
    part: "filesystem",
    syscall: "umount2",
    args: () => [".", "MNT_DETACH"],
    source: sourceHere(),
    run: ({ linux, spec }) => {
      // Taking it away must not travel to where it is shared with.
      if (spec.rootfsPropagation !== null) linux.mount(null, ".", null, MS_SLAVE | MS_REC, null);
      linux.umount2(".", MNT_DETACH);
      linux.chdir("/");
    },
  },
  {
    name: "root-propagation",
    part: "filesystem",
    syscall: "mount",
    args: () => ["none", "/", "rootfsPropagation"],
    source: sourceHere(),
    when: ({ spec }) => spec.rootfsPropagation !== null,
    run: ({ linux, spec }) => linux.mount(null, "/", null, (spec.rootfsPropagation ?? 0) & ~MS_REC, null),
  },
  ...protectSteps(
    ({ spec }) => ["/dev/null", ...spec.maskedPaths.slice(0, 20), "MS_BIND"],
    ({ spec }) => [...spec.readonlyPaths.slice(0, 20), "MS_BIND|MS_REMOUNT|MS_RDONLY"],
  ),
];
