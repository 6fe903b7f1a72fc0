import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Host } from "../container/host.ts";
import { GUEST_PATHS } from "../container/paths.ts";
import { recordingLinux } from "../linux/recording.ts";
import { AddressTaken, dropLease, type LeaseRequest, listLeases, renameLease, takeLease } from "./leases.ts";
import {
  findNetwork,
  listNetworks,
  type Network,
  nameNetwork,
  randomId,
  unnameNetwork,
  writeNetwork,
} from "./networks.ts";

let root: string;
let host: Host;
let network: Network;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "box-net-"));
  host = { linux: recordingLinux().linux, paths: { ...GUEST_PATHS, run: root } };
  network = { ...(findNetwork(host, "none") as Network), ...LOCAL, id: randomId() };
  writeNetwork(host, network);
  nameNetwork(host, network);
});
afterEach(() => rmSync(root, { recursive: true }));

const LOCAL = { name: "n", subnet: "10.0.0.0/29", gateway: "10.0.0.1", bridge: "br-n", driver: "bridge" } as const;
const REQUEST: LeaseRequest = {
  containerId: "ab".repeat(32),
  veth: "v",
  device: "eth0",
  address: null,
  mac: null,
  names: ["a", "b"],
};
const never = () => false;
const take = (request: Partial<LeaseRequest> = {}, reclaim: () => boolean = never) =>
  takeLease(host, network, { ...REQUEST, ...request }, reclaim);

test("the lowest free address; what is given back is given again; the record is the link", () => {
  expect([take(), take(), take()].map(({ address }) => address)).toEqual(["10.0.0.2", "10.0.0.3", "10.0.0.4"]);
  dropLease(host.paths, network.id, "10.0.0.3");
  const again = take();
  expect(again).toEqual({ ...REQUEST, address: "10.0.0.3", mac: "02:42:0a:00:00:03" });
  expect(listLeases(host.paths, network.id)).toContainEqual(again);
});

test("an empty pool says so, unless somebody dead can be robbed", () => {
  for (let i = 0; i < 5; i++) take();
  expect(() => take()).toThrow("no available IPv4 addresses");
  const reclaim = () => {
    dropLease(host.paths, network.id, "10.0.0.6");
    return true;
  };
  expect(take({}, reclaim).address).toBe("10.0.0.6");
});

test("an address by name: free, taken, the gateway's, somebody else's", () => {
  expect(take({ address: "10.0.0.5" }).address).toBe("10.0.0.5");
  for (const address of ["10.0.0.5", "10.0.0.1"]) expect(() => take({ address })).toThrow(AddressTaken);
  expect(() => take({ address: "10.0.0.9" })).toThrow("does not belong");
});

test("a container's other name takes the first place", () => {
  renameLease(host, network.id, take(), "c");
  expect(listLeases(host.paths, network.id)).toMatchObject([{ address: "10.0.0.2", names: ["c", "b"] }]);
});

test("only out of the range", () => {
  network = { ...network, ipRange: "10.0.0.4/31" };
  expect([take().address, take().address]).toEqual(["10.0.0.4", "10.0.0.5"]);
  expect(() => take()).toThrow("no available");
});

test("a name is one network's; networks are found by name and by the beginning of an id, and without a name not at all", () => {
  const other = { ...network, id: randomId() };
  writeNetwork(host, other);
  expect(() => nameNetwork(host, other)).toThrow("EEXIST");
  expect(
    listNetworks(host)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["bridge", "host", "n", "none"]);
  expect(findNetwork(host, network.id.slice(0, 12)).name).toBe("n");
  unnameNetwork(host, other); // not its own
  expect(findNetwork(host, "n").id).toBe(network.id);
  unnameNetwork(host, network);
  expect(() => findNetwork(host, "n")).toThrow("network n not found");
});
