/**
 * First part of the life of a container's init: its namespaces. Everything here still sees the host's files; what has to
 * be done for it from outside (maps of a user namespace, a network) is done before the first step ends.
 */
import {
  CLONE_NEWCGROUP,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  MS_PRIVATE,
  MS_REC,
  MS_UNBINDABLE,
  O_CLOEXEC,
  O_RDONLY,
} from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { configureOwn } from "../network/endpoint.ts";
import { raiseLoopback } from "../network/link.ts";
import { becomeRoot } from "./credentials.ts";
import { writeKernelFile } from "./host.ts";
import type { InitContext } from "./init-context.ts";
import type { ContainerSpec } from "./spec.ts";
import type { Step } from "./steps.ts";
import { offsetLines } from "./time-offsets.ts";

const makes = (flag: number) => (c: InitContext) => (c.spec.namespaces & flag) !== 0;

/** Made for it, or entered: not the host's. */
const hasOwn = ({ namespaces, joins }: ContainerSpec, type: number): boolean =>
  (namespaces & type) !== 0 || joins.some((join) => join.type === type);

/** What is unbindable could not be bound as a root: that comes once the root is made. */
function firstPropagation({ rootfsPropagation }: ContainerSpec): number {
  if (rootfsPropagation === null || rootfsPropagation & MS_UNBINDABLE) return MS_REC | MS_PRIVATE;
  return rootfsPropagation;
}

export const namespaceSteps: readonly Step<InitContext>[] = [
  {
    // The parent writes maps, attaches networks, runs hooks: until it says go, nobody here is root of anything.
    name: "await-parent",
    part: "namespaces",
    syscall: "read",
    args: () => ["sync"],
    source: sourceHere(),
    when: ({ waits }) => waits,
    run: ({ linux, sync }) => {
      if (linux.read(sync, 1).length === 0) linux.exit(1);
    },
  },
  {
    // Who made the namespace is nobody in it until he says who he is.
    name: "become-root",
    part: "namespaces",
    syscall: "setresuid",
    args: () => ["0", "0", "0"],
    source: sourceHere(),
    when: makes(CLONE_NEWUSER),
    run: ({ linux, spec }) => becomeRoot(linux, spec),
  },
  {
    // Before anything: a mount made here must not travel to the host's mount namespace.
    name: "private-mounts",
    part: "filesystem",
    syscall: "mount",
    args: ({ spec }) => ["none", "/", spec.rootfsPropagation === null ? "MS_REC|MS_PRIVATE" : "rootfsPropagation"],
    source: sourceHere(),
    when: makes(CLONE_NEWNS),
    run: ({ linux, spec }) => linux.mount(null, "/", null, firstPropagation(spec), null),
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
    when: ({ spec }) => hasOwn(spec, CLONE_NEWUTS) && (spec.hostname !== "" || spec.domainname !== ""),
    run: ({ linux, spec }) => {
      if (spec.hostname) linux.sethostname(spec.hostname);
      if (spec.domainname) linux.setdomainname(spec.domainname);
    },
  },
  {
    name: "loopback-up",
    part: "namespaces",
    syscall: "sendmsg",
    args: () => ["RTM_NEWLINK", "lo", "IFF_UP"],
    source: sourceHere(),
    when: (c) => makes(CLONE_NEWNET)(c) && c.endpoints.length === 0,
    run: ({ linux }) => raiseLoopback(linux),
  },
  {
    name: "configure-network",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ endpoints }) => [
      "RTM_NEWADDR",
      ...endpoints.map(({ device, address, prefix }) => `${device} ${address}/${prefix}`),
    ],
    source: sourceHere(),
    when: ({ endpoints }) => endpoints.length > 0,
    run: ({ linux, spec, endpoints }) => {
      configureOwn(linux, endpoints);
      // docker's: in its own network a container's user may take any port, and ping. Without a map of users only.
      if (spec.namespaces & CLONE_NEWUSER) return;
      writeKernelFile(linux, "/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
      writeKernelFile(linux, "/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
    },
  },
  {
    // Offsets can be written only while no process is in the namespace, so it is entered after them.
    name: "set-clocks",
    part: "namespaces",
    syscall: "unshare",
    args: ({ spec }) => ["CLONE_NEWTIME", ...offsetLines(spec)],
    source: sourceHere(),
    when: ({ spec }) => spec.timeOffsets !== null,
    run: ({ linux, spec }) => {
      linux.unshare(CLONE_NEWTIME);
      for (const line of offsetLines(spec)) writeKernelFile(linux, "/proc/self/timens_offsets", line);
      const fd = linux.open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
      linux.setns(fd, CLONE_NEWTIME);
      linux.close(fd);
    },
  },
];
