/**
 * The life of a container's first process from clone3(2) to execve(2): one straight narrative, in order, each step with
 * the reason for its place. It runs in the new process, PID 1 of its namespace, in the container's cgroup; what it needs
 * from outside it got by being a copy of its parent. See start-steps.ts for the parent's side and the handshake.
 */
import {
  CLONE_NEWCGROUP,
  CLONE_NEWNET,
  CLONE_NEWUTS,
  MNT_DETACH,
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  PR_CAPBSET_DROP,
  PR_SET_DUMPABLE,
  PR_SET_NO_NEW_PRIVS,
} from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { raiseLoopback } from "../network/link.ts";
import { capabilityNames, missingCapabilities } from "../oci/capabilities.ts";
import { defaultSeccomp } from "../oci/seccomp-compile.ts";
import { writeKernelFile } from "./host.ts";
import type { InitContext } from "./init-context.ts";
import {
  attachVolumes,
  makeDevices,
  maskPaths,
  mountDev,
  mountOn,
  openVolumes,
  overlayData,
  protectPaths,
} from "./root-mounts.ts";
import type { Step } from "./steps.ts";
import { connectStdio, openTerminal } from "./terminal.ts";
import { resolveUser } from "./user.ts";
import { enterFolder, requireFolderInside } from "./working-directory.ts";

const SAFE = MS_NOSUID | MS_NODEV | MS_NOEXEC;
const makes = (flag: number) => (c: InitContext) => (c.spec.namespaces & flag) !== 0;

/** As a reader would write it; the page cuts nothing. */
const clip = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}…` : text);

export const initSteps: readonly Step<InitContext>[] = [
  {
    // Before anything: a mount made here must not travel to the host's mount namespace.
    name: "private-mounts",
    part: "filesystem",
    syscall: "mount",
    args: () => ["none", "/", "MS_REC|MS_PRIVATE"],
    source: sourceHere(),
    run: ({ linux }) => linux.mount(null, "/", null, MS_REC | MS_PRIVATE, null),
  },
  {
    // Not with clone3: its CLONE_NEWCGROUP would take the parent's cgroup for the new root, not the one it enters.
    name: "unshare-cgroup",
    part: "namespaces",
    syscall: "unshare",
    args: () => ["CLONE_NEWCGROUP"],
    source: sourceHere(),
    when: makes(CLONE_NEWCGROUP),
    run: ({ linux }) => linux.unshare(CLONE_NEWCGROUP),
  },
  {
    name: "set-hostname",
    part: "namespaces",
    syscall: "sethostname",
    args: ({ spec }) => [spec.hostname],
    source: sourceHere(),
    when: makes(CLONE_NEWUTS),
    run: ({ linux, spec }) => {
      linux.sethostname(spec.hostname);
      if (spec.domainname) linux.setdomainname(spec.domainname);
    },
  },
  {
    name: "loopback-up",
    part: "namespaces",
    syscall: "sendmsg",
    args: () => ["RTM_NEWLINK", "lo", "IFF_UP"],
    source: sourceHere(),
    when: makes(CLONE_NEWNET),
    run: ({ linux }) => raiseLoopback(linux),
  },
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
    args: ({ spec }) => ["OPEN_TREE_CLONE", ...spec.volumes.map(({ source }) => clip(source ?? "tmpfs")).slice(0, 20)],
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
    args: ({ trees }) => trees.map(({ destination }) => clip(destination)).slice(0, 20),
    source: sourceHere(),
    run: attachVolumes,
  },
  {
    name: "set-sysctls",
    part: "namespaces",
    syscall: "write",
    args: ({ spec }) => spec.sysctls.slice(0, 20),
    source: sourceHere(),
    when: ({ spec }) => spec.sysctls.length > 0,
    run: ({ linux, spec }) => {
      for (const entry of spec.sysctls) {
        const at = entry.indexOf("=");
        writeKernelFile(linux, `/proc/sys/${entry.slice(0, at).replaceAll(".", "/")}`, entry.slice(at + 1));
      }
    },
  },
  {
    name: "mask-paths",
    part: "filesystem",
    syscall: "mount",
    args: () => ["/dev/null", "/proc/kcore …", "MS_BIND"],
    source: sourceHere(),
    when: ({ spec }) => !spec.privileged,
    run: maskPaths,
  },
  {
    name: "readonly-paths",
    part: "filesystem",
    syscall: "mount",
    args: () => ["/proc/sys …", "MS_BIND|MS_REMOUNT|MS_RDONLY"],
    source: sourceHere(),
    when: ({ spec }) => !spec.privileged,
    run: protectPaths,
  },
  {
    // After the mounts: in a user namespace proc and sysfs may only be mounted while whole ones are in sight.
    name: "detach-old-root",
    part: "filesystem",
    syscall: "umount2",
    args: () => [".", "MNT_DETACH"],
    source: sourceHere(),
    run: ({ linux }) => linux.umount2(".", MNT_DETACH),
  },
  {
    name: "working-directory",
    part: "entrypoint",
    syscall: "chdir",
    args: ({ spec }) => [clip(spec.process.cwd)],
    source: sourceHere(),
    when: ({ spec }) => spec.process.cwd !== "/",
    run: ({ linux, spec }) => {
      enterFolder(linux, spec.process.cwd);
      requireFolderInside(linux, spec.process.cwd);
    },
  },
  {
    // Needs the container's /etc/passwd and, for a terminal that is another user's, comes before it.
    name: "find-user",
    part: "entrypoint",
    syscall: "open",
    args: ({ spec }) => ["/etc/passwd", spec.process.user || "0"],
    source: sourceHere(),
    run: (c) => {
      c.user = resolveUser(c.spec.process.user);
    },
  },
  {
    name: "open-terminal",
    part: "entrypoint",
    syscall: "open",
    args: () => ["/dev/pts/ptmx", "O_RDWR|O_NOCTTY"],
    source: sourceHere(),
    when: ({ spec }) => spec.process.terminal,
    run: openTerminal,
  },
  {
    name: "connect-stdio",
    part: "entrypoint",
    syscall: "dup2",
    args: () => ["0", "1", "2"],
    source: sourceHere(),
    when: ({ spec }) => !spec.process.terminal,
    run: connectStdio,
  },
  {
    name: "readonly-root",
    part: "filesystem",
    syscall: "mount",
    args: () => ["none", "/", "MS_REMOUNT|MS_BIND|MS_RDONLY"],
    source: sourceHere(),
    when: ({ spec }) => spec.rootReadonly,
    run: ({ linux }) => linux.mount(null, "/", null, MS_REMOUNT | MS_BIND | MS_RDONLY, null),
  },
  {
    name: "set-rlimits",
    part: "entrypoint",
    syscall: "prlimit",
    args: ({ spec }) => spec.process.rlimits.map(({ resource, soft, hard }) => `${resource}=${soft}:${hard}`),
    source: sourceHere(),
    when: ({ spec }) => spec.process.rlimits.length > 0,
    run: ({ linux, spec }) => {
      for (const { resource, soft, hard } of spec.process.rlimits) {
        linux.prlimit(0, resource, BigInt(soft), BigInt(hard));
      }
    },
  },
  {
    name: "oom-score",
    part: "cgroup",
    syscall: "write",
    args: ({ spec }) => ["/proc/self/oom_score_adj", String(spec.process.oomScoreAdj)],
    source: sourceHere(),
    when: ({ spec }) => spec.process.oomScoreAdj !== 0,
    run: ({ linux, spec }) => writeKernelFile(linux, "/proc/self/oom_score_adj", String(spec.process.oomScoreAdj)),
  },
  {
    // The bounding set can only be cut while CAP_SETPCAP is there.
    name: "bound-capabilities",
    part: "entrypoint",
    syscall: "prctl",
    args: ({ spec }) => ["PR_CAPBSET_DROP", `${missingCapabilities(spec.process.capabilities).length} times`],
    source: sourceHere(),
    run: ({ linux, spec }) => {
      for (const bit of missingCapabilities(spec.process.capabilities)) linux.prctl(PR_CAPBSET_DROP, bit);
    },
  },
  {
    name: "no-new-privileges",
    part: "entrypoint",
    syscall: "prctl",
    args: () => ["PR_SET_NO_NEW_PRIVS", "1"],
    source: sourceHere(),
    when: ({ spec }) => spec.process.noNewPrivileges,
    run: ({ linux }) => {
      linux.prctl(PR_SET_NO_NEW_PRIVS, 1);
    },
  },
  {
    // Without no_new_privs a filter needs CAP_SYS_ADMIN, so it comes before that goes; what follows it must pass it.
    name: "seccomp",
    part: "entrypoint",
    syscall: "seccomp",
    args: () => ["SECCOMP_SET_MODE_FILTER", `${defaultSeccomp().length / 8} instructions`],
    source: sourceHere(),
    when: ({ spec }) => spec.seccomp === "default",
    run: ({ linux }) => linux.seccompFilter(defaultSeccomp(), 0),
  },
  {
    // Others may share this PID namespace; from here on they may have the same capabilities, and could look into us.
    name: "hide-process",
    part: "entrypoint",
    syscall: "prctl",
    args: () => ["PR_SET_DUMPABLE", "0"],
    source: sourceHere(),
    run: ({ linux }) => void linux.prctl(PR_SET_DUMPABLE, 0),
  },
  {
    name: "set-user",
    part: "entrypoint",
    syscall: "setresuid",
    args: ({ user }) => [String(user?.uid), String(user?.gid), `groups ${user?.groups.join(",")}`],
    source: sourceHere(),
    run: ({ linux, user }) => {
      if (!user) return;
      linux.setgroups(user.groups);
      if (user.gid !== 0) linux.setresgid(user.gid, user.gid, user.gid);
      if (user.uid !== 0) linux.setresuid(user.uid, user.uid, user.uid);
    },
  },
  {
    // The kernel has already taken them from a user other than root.
    name: "drop-capabilities",
    part: "entrypoint",
    syscall: "capset",
    args: ({ spec }) => capabilityNames(spec.process.capabilities).slice(0, 32),
    source: sourceHere(),
    run: ({ linux, spec, user }) => {
      const set = user?.uid === 0 ? BigInt(spec.process.capabilities) : 0n;
      linux.capset(set, set, 0n);
    },
  },
];
