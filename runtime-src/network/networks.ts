/**
 * docker's networks: what each is, kept in /run/box/networks/<id>/network.json (written once, whole, then renamed into
 * place), its name in /run/box/networks/names/<name>, a symbolic link: without it there is no network. They are made and
 * removed under a lock (network-change.ts). The bridge device and its nftables elements are made again from that file when
 * they are needed and not there. /run is a tmpfs and devices do not survive a boot either.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import type { Host } from "../container/host.ts";
import { isErrno } from "../container/host.ts";
import { lockFolder } from "../container/lock-folder.ts";
import type { Paths } from "../container/paths.ts";

export type Driver = "bridge" | "host" | "null";

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: Driver;
  readonly createdMs: number;
  readonly internal: boolean;
  /** Containers on it reach each other (com.docker.network.bridge.enable_icc). */
  readonly icc: boolean;
  /** Name of the bridge device; "" without one. */
  readonly bridge: string;
  /** "172.17.0.0/16"; "" where the driver has none. */
  readonly subnet: string;
  /** --subnet was given: only then may addresses be asked for. */
  readonly hasOwnSubnet: boolean;
  readonly gateway: string;
  /** Addresses are given out of this part only; "" for the whole subnet. */
  readonly ipRange: string;
  readonly mtu: number | null;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export const DEFAULT_NETWORK = "bridge";
export const DEFAULT_BRIDGE = "docker0";
export const PREDEFINED: readonly string[] = ["bridge", "host", "none"];

export const networksFolder = (paths: Paths): string => `${paths.run}/networks`;
/** See ports.ts. */
export const portsFolder = (paths: Paths): string => `${paths.run}/ports`;
export const networkFolder = (paths: Paths, id: string): string => `${networksFolder(paths)}/${id}`;
export const leasesFolder = (paths: Paths, id: string): string => `${networkFolder(paths, id)}/leases`;
export const networkFile = (paths: Paths, id: string): string => `${networkFolder(paths, id)}/network.json`;
export const nameLink = (paths: Paths, name: string): string => `${networksFolder(paths)}/names/${name}`;

/** docker's rule for names of networks. */
export const isNetworkName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name) && name.length < 128;

export function randomId(): string {
  const bytes = Buffer.alloc(32);
  const fd = openSync("/dev/urandom", "r");
  try {
    readSync(fd, bytes, 0, 32, null);
  } finally {
    closeSync(fd);
  }
  return bytes.toString("hex");
}

/** null: nobody has it. The link leads nowhere: its text is the id. */
function idOfName(paths: Paths, name: string): string | null {
  try {
    return readlinkSync(nameLink(paths, name));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}

/** One at a time makes or removes networks; the descriptor that holds the lock. */
export function lockNetworks({ linux, paths }: Host): number {
  mkdirSync(`${networksFolder(paths)}/names`, { recursive: true });
  return lockFolder(linux, networksFolder(paths));
}

/** Nobody sees it before it has its name. */
export function writeNetwork({ paths }: Host, network: Network): void {
  mkdirSync(leasesFolder(paths, network.id), { recursive: true, mode: 0o700 });
  const file = networkFile(paths, network.id);
  writeFileSync(`${file}.new`, JSON.stringify(network));
  renameSync(`${file}.new`, file);
}

export const nameNetwork = ({ paths }: Host, { id, name }: Network): void => symlinkSync(id, nameLink(paths, name));

/** What has no name is no network. */
export function unnameNetwork({ paths }: Host, { id, name }: Network): void {
  if (isNamed(paths, id, name)) unlinkSync(nameLink(paths, name));
}

export const removeNetworkFolder = ({ paths }: Host, id: string): void =>
  rmSync(networkFolder(paths, id), { recursive: true, force: true });

export function readNetwork(paths: Paths, id: string): Network | null {
  try {
    return JSON.parse(readFileSync(networkFile(paths, id), "utf8")) as Network;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}

const plain = (name: string, driver: Driver): Network => ({
  id: randomId(),
  name,
  driver,
  createdMs: Date.now(),
  internal: false,
  icc: true,
  bridge: "",
  subnet: "",
  hasOwnSubnet: false,
  gateway: "",
  ipRange: "",
  mtu: null,
  options: {},
  labels: {},
});

/** docker's three, written at the first use. */
export function ensurePredefined(host: Host): void {
  if (idOfName(host.paths, DEFAULT_NETWORK) !== null) return;
  mkdirSync(portsFolder(host.paths), { recursive: true });
  const bridge: Network = {
    ...plain(DEFAULT_NETWORK, "bridge"),
    bridge: DEFAULT_BRIDGE,
    subnet: "172.17.0.0/16",
    gateway: "172.17.0.1",
    options: { "com.docker.network.bridge.default_bridge": "true", "com.docker.network.bridge.name": DEFAULT_BRIDGE },
  };
  const lock = lockNetworks(host);
  try {
    for (const network of [plain("host", "host"), plain("none", "null"), bridge]) {
      // Who was first has written it, or some of them.
      if (idOfName(host.paths, network.name) !== null) continue;
      writeNetwork(host, network);
      nameNetwork(host, network);
    }
  } finally {
    host.linux.close(lock);
  }
}

/** The default bridge never changes, so a resident's workers inherit what it has read. */
let defaultNetwork: Network | null = null;

export function networkNamed(host: Host, name: string): Network | null {
  if (name === DEFAULT_NETWORK && defaultNetwork) return defaultNetwork;
  if (!isNetworkName(name)) return null;
  if (PREDEFINED.includes(name)) ensurePredefined(host);
  const id = idOfName(host.paths, name);
  if (id === null) return null;
  const network = readNetwork(host.paths, id);
  if (name === DEFAULT_NETWORK) defaultNetwork = network;
  return network;
}

/** Every folder's id: also of those that are being made, or whose making or removal was cut short. */
export const networkIds = (paths: Paths): string[] =>
  readdirSync(networksFolder(paths)).filter((id) => /^[0-9a-f]{64}$/.test(id));

/** Every network, oldest first. */
export function listNetworks(host: Host): Network[] {
  ensurePredefined(host);
  const { paths } = host;
  return networkIds(paths)
    .flatMap((id) => readNetwork(paths, id) ?? [])
    .filter(({ id, name }) => isNamed(paths, id, name))
    .sort((a, b) => a.createdMs - b.createdMs);
}

export const isNamed = (paths: Paths, id: string, name: string): boolean => idOfName(paths, name) === id;

/** docker's order: the whole id, the name, the unique beginning of an id. Throws docker's words. */
export function findNetwork(host: Host, reference: string): Network {
  const named = networkNamed(host, reference);
  if (named) return named;
  const found = /^[0-9a-f]+$/.test(reference) ? listNetworks(host).filter(({ id }) => id.startsWith(reference)) : [];
  if (found.length > 1)
    throw new Error(`network ${reference} is ambiguous (${found.length} matches found based on ID prefix)`);
  if (!found[0]) throw new Error(`network ${reference} not found`);
  return found[0];
}
