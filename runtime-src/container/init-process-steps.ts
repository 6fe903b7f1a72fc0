/**
 * Last part of the life of a container's init: what its program starts with, from the working directory to the seccomp
 * filter. Privileges go in the order in which each needs those that are left. The same for docker's and a bundle's.
 */
import { MS_BIND, MS_RDONLY, MS_REMOUNT, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { capabilityNames, missingCapabilities } from "../oci/capabilities.ts";
import { becomeUser, dropBounding, setCapabilities, setRlimits } from "./credentials.ts";
import { writeKernelFile } from "./host.ts";
import type { InitContext } from "./init-context.ts";
import { clip, type Step } from "./steps.ts";
import { connectStdio, openTerminal } from "./terminal.ts";
import { userOf, userText } from "./user.ts";
import { enterFolder, requireFolderInside } from "./working-directory.ts";

const filterText = ({ seccomp }: InitContext): string[] => [
  "SECCOMP_SET_MODE_FILTER",
  `${(seccomp?.length ?? 0) / 8} instructions`,
];

const loadFilter = ({ linux, seccomp, seccompFlags }: InitContext): void => {
  if (seccomp) linux.seccompFilter(seccomp, seccompFlags);
};

export const processSteps: readonly Step<InitContext>[] = [
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
    args: ({ spec }) => ["/etc/passwd", userText(spec.process)],
    source: sourceHere(),
    run: (c) => {
      c.user = userOf(c.spec.process);
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
    when: ({ spec, bundle }) => spec.process.rlimits.length > 0 && bundle === null,
    run: ({ linux, spec }) => setRlimits(linux, spec.process),
  },
  {
    name: "oom-score",
    part: "cgroup",
    syscall: "write",
    args: ({ spec }) => ["/proc/self/oom_score_adj", String(spec.process.oomScoreAdj)],
    source: sourceHere(),
    when: ({ spec, bundle }) => spec.process.oomScoreAdj !== null && bundle === null,
    run: ({ linux, spec }) => writeKernelFile(linux, "/proc/self/oom_score_adj", String(spec.process.oomScoreAdj)),
  },
  {
    name: "personality",
    part: "entrypoint",
    syscall: "personality",
    args: ({ spec }) => [String(spec.personality)],
    source: sourceHere(),
    when: ({ spec }) => spec.personality !== null,
    run: ({ linux, spec }) => void linux.personality(spec.personality ?? 0),
  },
  {
    // The bounding set can only be cut while CAP_SETPCAP is there.
    name: "bound-capabilities",
    part: "entrypoint",
    syscall: "prctl",
    args: ({ spec }) => ["PR_CAPBSET_DROP", `${missingCapabilities(spec.process.capabilities.bounding).length} times`],
    source: sourceHere(),
    run: ({ linux, spec }) => dropBounding(linux, spec.process.capabilities),
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
    args: filterText,
    source: sourceHere(),
    when: ({ seccomp, spec }) => seccomp !== null && !spec.process.noNewPrivileges,
    run: loadFilter,
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
    run: ({ linux, spec, user }) => {
      if (user) becomeUser(linux, user, spec.process.capabilities);
    },
  },
  {
    // The kernel has already taken them from a user other than root.
    name: "drop-capabilities",
    part: "entrypoint",
    syscall: "capset",
    args: ({ spec }) => capabilityNames(spec.process.capabilities.permitted).slice(0, 32),
    source: sourceHere(),
    run: ({ linux, spec, user }) => setCapabilities(linux, user?.uid ?? 0, spec.process.capabilities),
  },
];

export const lateFilterSteps: readonly Step<InitContext>[] = [
  {
    // With no_new_privs nothing is needed for it any more: last, so that as little as can be has to pass it.
    name: "seccomp",
    part: "entrypoint",
    syscall: "seccomp",
    args: filterText,
    source: sourceHere(),
    when: ({ seccomp, spec }) => seccomp !== null && spec.process.noNewPrivileges,
    run: loadFilter,
  },
];
