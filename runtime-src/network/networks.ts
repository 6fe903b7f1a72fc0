/**
 * docker's networks: what each is, kept in /run/box/networks/<id>/network.json (written once, whole, then renamed into
 * place), its name in /run/box/networks/names/<name>, a symbolic link that makes it unique without a lock. The bridge
 * device and its nftables elements are made from that file whenever they are not there, so a crash leaves nothing to undo.
 * /run is a tmpfs and devices do not survive a boot either.
 */
import {
  closeSync,
  existsSync,
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

const networksFolder = (paths: Paths): string => `${paths.run}/networks`;
/** See ports.ts. */
export const portsFolder = (paths: Paths): string => `${paths.run}/ports`;
export const networkFolder = (paths: Paths, id: string): string => `${networksFolder(paths)}/${id}`;
export const leasesFolder = (paths: Paths, id: string): string => `${networkFolder(paths, id)}/leases`;
const nameLink = (paths: Paths, name: string): string => `${networksFolder(paths)}/names/${name}`;

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

export class NetworkExists extends Error {}

/** The name is taken first; a folder that is not named is nobody's, and goes at the next look. */
export function writeNetwork({ paths }: Host, network: Network): void {
  mkdirSync(`${networksFolder(paths)}/names`, { recursive: true });
  mkdirSync(leasesFolder(paths, network.id), { recursive: true, mode: 0o700 });
  const file = `${networkFolder(paths, network.id)}/network.json`;
  writeFileSync(`${file}.new`, JSON.stringify(network));
  renameSync(`${file}.new`, file);
  try {
    symlinkSync(network.id, nameLink(paths, network.name));
  } catch (error) {
    rmSync(networkFolder(paths, network.id), { recursive: true, force: true });
    if (!isErrno(error, "EEXIST")) throw error;
    throw new NetworkExists(`network with name ${network.name} already exists`, { cause: error });
  }
}

/** The name goes first: what has none is no network. */
export function removeNetworkFiles({ paths }: Host, { id, name }: Network): void {
  try {
    if (readlinkSync(nameLink(paths, name)) === id) unlinkSync(nameLink(paths, name));
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
  rmSync(networkFolder(paths, id), { recursive: true, force: true });
}

export function readNetwork(paths: Paths, id: string): Network | null {
  try {
    return JSON.parse(readFileSync(`${networkFolder(paths, id)}/network.json`, "utf8")) as Network;
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

/** docker's three, written at the first use; who comes second finds them. */
export function ensurePredefined(host: Host): void {
  if (existsSync(nameLink(host.paths, DEFAULT_NETWORK))) return;
  mkdirSync(portsFolder(host.paths), { recursive: true });
  const bridge: Network = {
    ...plain(DEFAULT_NETWORK, "bridge"),
    bridge: DEFAULT_BRIDGE,
    subnet: "172.17.0.0/16",
    gateway: "172.17.0.1",
    options: { "com.docker.network.bridge.default_bridge": "true", "com.docker.network.bridge.name": DEFAULT_BRIDGE },
  };
  for (const network of [plain("host", "host"), plain("none", "null"), bridge]) {
    try {
      writeNetwork(host, network);
    } catch (error) {
      if (!(error instanceof NetworkExists)) throw error;
    }
  }
}

/** The default bridge never changes, so a resident's workers inherit what it has read. */
let defaultNetwork: Network | null = null;

export function networkNamed(host: Host, name: string): Network | null {
  if (name === DEFAULT_NETWORK && defaultNetwork) return defaultNetwork;
  if (!isNetworkName(name)) return null;
  if (PREDEFINED.includes(name)) ensurePredefined(host);
  let id: string;
  try {
    id = readlinkSync(nameLink(host.paths, name));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
  const network = readNetwork(host.paths, id);
  if (name === DEFAULT_NETWORK) defaultNetwork = network;
  return network;
}

/** Every network, oldest first; folders without a name (a creation or removal that was cut short) go. */
export function listNetworks(host: Host): Network[] {
  ensurePredefined(host);
  const { paths } = host;
  return readdirSync(networksFolder(paths))
    .filter((id) => /^[0-9a-f]{64}$/.test(id))
    .flatMap((id) => readNetwork(paths, id) ?? [])
    .filter(({ id, name }) => isNamed(paths, id, name))
    .sort((a, b) => a.createdMs - b.createdMs);
}

function isNamed(paths: Paths, id: string, name: string): boolean {
  try {
    return readlinkSync(nameLink(paths, name)) === id;
  } catch {
    return false;
  }
}

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
