/**
 * What a container could leave behind in the kernel, counted by introspection (the kernel's own lists, while the guest
 * stands still), and on the guest's file systems. Two of these are equal when nothing was left.
 */
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import { NAMESPACE_TYPES } from "../../lib/protocol/kernel-snapshot.ts";
import type { Guest } from "./guest.ts";
import { settledAt, steady } from "./settle.ts";

export type KernelCounts = Readonly<Record<string, number | string>>;

const FILES = "find /run/box /var/lib/box -mindepth 1 | sort | sed 's/[0-9a-f]\\{64\\}/ID/'";

function countKernel({ tasks, namespaces, cgroups, mounts, netDevices, nftChains }: KernelSnapshot): KernelCounts {
  const ofType = (type: string): number => namespaces.filter((namespace) => namespace.type === type).length;
  return {
    tasks: tasks.filter(({ kthread }) => !kthread).length,
    zombies: tasks.filter(({ state }) => state === "Z").length,
    ...Object.fromEntries(NAMESPACE_TYPES.map((type) => [`${type} namespaces`, ofType(type)])),
    cgroups: cgroups.length,
    mounts: mounts.length,
    devices: netDevices.length,
    veths: netDevices.filter(({ kind }) => kind === "veth").length,
    "nftables chains": nftChains.length,
    "nftables rules": nftChains.reduce((sum, { rules }) => sum + rules.length, 0),
  };
}

async function count(guest: Guest): Promise<KernelCounts> {
  // A command in the guest, so the kernel gets to its own clean-up: workqueues, RCU.
  const files = await guest.out(FILES);
  const snapshot = guest.machine.inspector?.take();
  if (!snapshot) throw new Error("no introspection");
  return { ...countKernel(snapshot), files };
}

/** What others are held against. */
export const kernelCounts = (guest: Guest): Promise<KernelCounts> => steady(() => count(guest));

/** The counts once they are `wanted`, else what they still are when the kernel has had its time. */
export const settledCounts = (guest: Guest, wanted: KernelCounts): Promise<KernelCounts> =>
  settledAt(() => count(guest), wanted);
