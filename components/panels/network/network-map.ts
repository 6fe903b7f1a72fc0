import { deviceKey } from "../../../lib/model/related.ts";
import type { ListeningSocket, NetDevice, NftDnat } from "../../../lib/protocol/kernel-network.ts";
import type { KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";
import { type WorldName, worldName } from "../world-names.ts";

/**
 * The network as a map of fixed geometry: the host on the left, every other namespace on the right, a line for each veth
 * pair and each bridge port. Places come from counting rows, so nothing has to be measured.
 */
export interface MapRow {
  readonly device: NetDevice;
  /** A port of the bridge above it. */
  readonly port: boolean;
  /** Top of the row, px. */
  readonly y: number;
}

export interface MapCard {
  readonly inode: number;
  readonly world: WorldName;
  readonly side: "left" | "right";
  readonly y: number;
  readonly height: number;
  readonly rows: readonly MapRow[];
  readonly sockets: readonly ListeningSocket[];
}

/** A veth pair between two namespaces; ends as the middle of their rows. */
export interface MapLink {
  readonly key: string;
  readonly from: { readonly side: "left" | "right"; readonly y: number; readonly device: NetDevice };
  readonly to: { readonly side: "left" | "right"; readonly y: number; readonly device: NetDevice };
}

export interface NetworkMap {
  readonly cards: readonly MapCard[];
  readonly links: readonly MapLink[];
  readonly height: number;
}

export const ROW_PX = 38;
export const HEAD_PX = 34;
export const FOOT_PX = 26;
const GAP_PX = 12;

export function networkMap(snapshot: KernelSnapshot, names: ReadonlyMap<string, string>): NetworkMap {
  const inodes = snapshot.namespaces.filter(({ type }) => type === "net").map(({ inode }) => inode);
  const devicesOf = new Map<number, NetDevice[]>();
  for (const device of snapshot.netDevices)
    devicesOf.set(device.namespace, [...(devicesOf.get(device.namespace) ?? []), device]);
  for (const inode of devicesOf.keys()) if (!inodes.includes(inode)) inodes.push(inode);
  const ends = { left: 0, right: 0 };
  const worlds = inodes.map((inode) => ({
    inode,
    world: worldName(snapshot, names, "net", inode),
    devices: inOrder(devicesOf.get(inode) ?? []),
  }));
  const places = hostPlaces(worlds.find(({ world }) => world.kind === "host")?.devices ?? []);
  const cards = worlds
    .map((entry) => ({ ...entry, place: entry.world.kind === "host" ? -1 : firstPlace(entry.devices, places) }))
    .sort((a, b) => a.place - b.place)
    .map(({ inode, world, devices }): MapCard => {
      const side = world.kind === "host" ? "left" : "right";
      const y = ends[side];
      const sockets = snapshot.sockets.filter((socket) => socket.namespace === inode && socket.protocol !== "unix");
      const rows = devices.map((row, at) => ({ ...row, y: y + HEAD_PX + at * ROW_PX }));
      const height = HEAD_PX + rows.length * ROW_PX + (sockets.length > 0 ? FOOT_PX : 0) + 8;
      ends[side] = y + height + GAP_PX;
      return { inode, world, side, y, height, rows, sockets };
    });
  return { cards, links: linksOf(cards), height: Math.max(ends.left, ends.right) };
}

type OrderedDevices = ReturnType<typeof inOrder>;

/** In which order the host's ends of the wires stand: the namespaces at their other ends stand in the same, so that few wires cross. */
function hostPlaces(devices: OrderedDevices): ReadonlyMap<string, number> {
  return new Map(devices.flatMap(({ device }, at) => (device.peer ? [[deviceKey(device.peer), at] as const] : [])));
}

/** Namespaces without a wire to the host come last. */
function firstPlace(devices: OrderedDevices, places: ReadonlyMap<string, number>): number {
  const found = devices.flatMap(({ device }) => places.get(deviceKey(device)) ?? []);
  return found.length > 0 ? Math.min(...found) : Number.MAX_SAFE_INTEGER;
}

/** Ports under their bridge; lo last: it leads nowhere. */
function inOrder(devices: readonly NetDevice[]): readonly { device: NetDevice; port: boolean }[] {
  const free = devices.filter(({ master }) => master === null || !devices.some(({ ifindex }) => ifindex === master));
  const rank = ({ kind }: NetDevice) => (kind === "loopback" ? 2 : kind === "bridge" ? 0 : 1);
  return [...free]
    .sort((a, b) => rank(a) - rank(b) || a.ifindex - b.ifindex)
    .flatMap((device) => [
      { device, port: false },
      ...devices.filter(({ master }) => master === device.ifindex).map((port) => ({ device: port, port: true })),
    ]);
}

function linksOf(cards: readonly MapCard[]): readonly MapLink[] {
  const places = new Map<string, MapLink["from"]>();
  for (const { side, rows } of cards)
    for (const { device, y } of rows) places.set(deviceKey(device), { side, y: y + ROW_PX / 2, device });
  const links: MapLink[] = [];
  const drawn = new Set<string>();
  for (const [key, from] of places) {
    const { peer } = from.device;
    const to = peer ? places.get(deviceKey(peer)) : undefined;
    if (!to || drawn.has(key)) continue;
    drawn.add(deviceKey(to.device));
    links.push({ key, from, to });
  }
  return links;
}

/** Ports that the host passes on, and whether it lends its address to those behind it. */
export function translations({ nftChains }: KernelSnapshot) {
  const rules = nftChains.flatMap(({ rules: own, namespace }) => own.map((rule) => ({ ...rule, namespace })));
  const published = new Set(rules.flatMap((rule) => rule.dnat.map(dnatText)));
  return { published: [...published], masquerade: rules.some((rule) => rule.masquerade) };
}

/** "8080 → 172.17.0.2:80", "8000-8010 → 172.17.0.2:8000-8010" */
const dnatText = ({ port, lastPort, toAddress, toPort, toLastPort }: NftDnat): string =>
  `${portsText(port, lastPort)} → ${toAddress}:${portsText(toPort, toLastPort)}`;
const portsText = (first: number, last: number): string => (first === last ? String(first) : `${first}-${last}`);
