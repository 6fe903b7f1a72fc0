/** Devices that came, went, moved between network namespaces, changed state or addresses; sockets that began to listen. */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { ListeningSocket, NetDevice } from "../protocol/kernel-network.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { EventStamp } from "./diff-namespaces.ts";

export function diffNetwork(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): KernelEvent[] {
  return [...diffDevices(previous, next, stamp), ...diffSockets(previous, next, stamp)];
}

function diffDevices(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): KernelEvent[] {
  if (previous.netDevices === next.netDevices) return [];
  const left = new Map(previous.netDevices.map((device) => [placeOf(device), device]));
  const arrived: NetDevice[] = [];
  const events: KernelEvent[] = [];
  for (const device of next.netDevices) {
    const earlier = left.get(placeOf(device));
    if (!earlier || !isSame(earlier, device)) {
      arrived.push(device);
      continue;
    }
    left.delete(placeOf(device));
    if (earlier !== device) events.push(...changes(earlier, device, previous, next, stamp));
  }
  for (const device of arrived) {
    const mover = movedFrom(device, left.values());
    if (!mover) {
      if (device.kind !== "loopback") events.push({ ...subject(device, stamp), kind: "device-new" });
      continue;
    }
    left.delete(placeOf(mover));
    events.push({ ...subject(device, stamp), kind: "device-move", fromNamespace: mover.namespace });
    events.push(...changes(mover, device, previous, next, stamp));
  }
  for (const device of left.values())
    if (device.kind !== "loopback") events.push({ ...subject(device, stamp), kind: "device-gone" });
  return events;
}

/** A device keeps its hardware address when it moves; its number may change, its name may be set in the same call. */
function movedFrom(device: NetDevice, left: Iterable<NetDevice>): NetDevice | null {
  if (device.mac === null || device.kind === "loopback") return null;
  for (const candidate of left)
    if (candidate.mac === device.mac && candidate.kind === device.kind && candidate.namespace !== device.namespace)
      return candidate;
  return null;
}

function changes(
  earlier: NetDevice,
  later: NetDevice,
  previous: KernelSnapshot,
  next: KernelSnapshot,
  stamp: EventStamp,
): KernelEvent[] {
  const base = subject(later, stamp);
  const events: KernelEvent[] = [];
  if (earlier.name !== later.name) events.push({ ...base, kind: "device-rename", from: earlier.name });
  const up = later.flags.includes("UP");
  if (earlier.flags.includes("UP") !== up) events.push({ ...base, kind: "device-up", up });
  const [from, to] = [masterOf(earlier, previous), masterOf(later, next)];
  if (from !== to) events.push({ ...base, kind: "device-master", master: to });
  if (earlier.addresses === later.addresses) return events;
  const texts = (device: NetDevice): string[] => device.addresses.map(({ address, prefix }) => `${address}/${prefix}`);
  const [before, after] = [texts(earlier), texts(later)];
  for (const address of after)
    if (!before.includes(address)) events.push({ ...base, kind: "address", address, added: true });
  for (const address of before)
    if (!after.includes(address)) events.push({ ...base, kind: "address", address, added: false });
  return events;
}

function masterOf({ namespace, master }: NetDevice, { netDevices }: KernelSnapshot): string | null {
  if (master === null) return null;
  return netDevices.find((other) => other.namespace === namespace && other.ifindex === master)?.name ?? String(master);
}

const placeOf = ({ namespace, ifindex }: NetDevice): string => `${namespace} ${ifindex}`;
const isSame = (a: NetDevice, b: NetDevice): boolean => a.kind === b.kind && (a.name === b.name || a.mac === b.mac);

function subject({ namespace, ifindex, name }: NetDevice, stamp: EventStamp) {
  return { ...stamp, namespace, ifindex, name };
}

function diffSockets(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): KernelEvent[] {
  if (previous.sockets === next.sockets) return [];
  const key = ({ inode }: ListeningSocket): number => inode;
  const before = new Map(previous.sockets.map((socket) => [key(socket), socket]));
  const events: KernelEvent[] = [];
  const tell = (socket: ListeningSocket, listening: boolean): void => {
    const { namespace, protocol, address, port, path } = socket;
    const where = protocol === "unix" ? (path ?? "") : `${address}:${port}`;
    events.push({ ...stamp, kind: "listen", namespace, protocol, where, listening });
  };
  for (const socket of next.sockets) if (!before.delete(key(socket))) tell(socket, true);
  for (const socket of before.values()) tell(socket, false);
  return events;
}
