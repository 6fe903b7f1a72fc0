/**
 * What a process is allowed to: limits, ids, capability sets (capabilities(7), credentials(7)). Changing from root to
 * another user clears permitted and effective unless PR_SET_KEEPCAPS says otherwise, and what then survives execve(2) is
 * only ambient; so for docker's sets, which have neither ambient nor inheritable, nothing need be kept.
 */
import { PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, PR_CAPBSET_DROP, PR_SET_KEEPCAPS } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { capabilityBits, missingCapabilities } from "../oci/capabilities.ts";
import type { CapabilitySets, ContainerSpec, ProcessSpec } from "./spec.ts";
import type { ResolvedUser } from "./user.ts";

const INFINITY = 2n ** 64n - 1n;
const limit = (value: number): bigint => (value < 0 ? INFINITY : BigInt(value));

/** Of the process, 0 for ourselves. */
export function setRlimitsOf(linux: LinuxCalls, pid: number, { rlimits }: ProcessSpec): void {
  for (const { resource, soft, hard } of rlimits) linux.prlimit(pid, resource, limit(soft), limit(hard));
}

export const setRlimits = (linux: LinuxCalls, process: ProcessSpec): void => setRlimitsOf(linux, 0, process);

const outlives = ({ inheritable, ambient }: CapabilitySets): boolean => inheritable !== 0 || ambient !== 0;

/** The bounding set can only be cut while CAP_SETPCAP is there, so before this. */
export function dropBounding(linux: LinuxCalls, { bounding }: CapabilitySets): void {
  for (const bit of missingCapabilities(bounding)) linux.prctl(PR_CAPBSET_DROP, bit);
}

export function becomeUser(linux: LinuxCalls, { uid, gid, groups }: ResolvedUser, sets: CapabilitySets): void {
  linux.setgroups(groups);
  if (gid !== 0) linux.setresgid(gid, gid, gid);
  if (uid === 0) return;
  if (outlives(sets)) linux.prctl(PR_SET_KEEPCAPS, 1);
  linux.setresuid(uid, uid, uid);
}

export function setCapabilities(linux: LinuxCalls, uid: number, sets: CapabilitySets): void {
  if (uid !== 0 && !outlives(sets)) {
    // The kernel has already taken them from a user other than root.
    linux.capset(0n, 0n, 0n);
    return;
  }
  linux.capset(BigInt(sets.effective), BigInt(sets.permitted), BigInt(sets.inheritable));
  if (sets.ambient === 0) return;
  for (const bit of capabilityBits(sets.ambient)) linux.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit);
}

/** Only what is mapped can be become: a map without 0 leaves the process what it is. */
export function becomeRoot(linux: LinuxCalls, { uidMappings, gidMappings }: ContainerSpec): void {
  if (gidMappings.some(({ containerId }) => containerId === 0)) {
    linux.setgroups([]);
    linux.setresgid(0, 0, 0);
  }
  if (uidMappings.some(({ containerId }) => containerId === 0)) linux.setresuid(0, 0, 0);
}
