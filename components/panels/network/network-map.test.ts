import { describe, expect, it } from "vitest";
import { HOST, sampleDevice, sampleNamespace, sampleSnapshot, sampleTask } from "../../../lib/model/sample-snapshot.ts";
import { networkMap, ROW_PX, translations } from "./network-map.ts";

const rule = { handle: 1, expressions: [], dnat: [], masquerade: false };
const snapshot = sampleSnapshot(1, {
  tasks: [sampleTask(1), sampleTask(9, { namespaces: { ...HOST, net: 30 }, comm: "web" })],
  namespaces: [sampleNamespace("net", HOST.net), sampleNamespace("net", 30)],
  netDevices: [
    sampleDevice(1, HOST.net, "lo", { kind: "loopback" }),
    sampleDevice(5, HOST.net, "veth1", { master: 7, peer: { namespace: 30, ifindex: 2 } }),
    sampleDevice(7, HOST.net, "box0", { kind: "bridge" }),
    sampleDevice(2, 30, "eth0", { peer: { namespace: HOST.net, ifindex: 5 } }),
  ],
  nftChains: [
    {
      ...{ namespace: HOST.net, family: "ip", table: "box", chain: "pre", type: "nat", hook: "prerouting" },
      ...{ priority: -100, policy: "accept" },
      rules: [
        { ...rule, dnat: [{ port: 8080, lastPort: 8080, toAddress: "172.17.0.2", toPort: 80, toLastPort: 80 }] },
        { ...rule, dnat: [{ port: 9000, lastPort: 9010, toAddress: "172.17.0.3", toPort: 9000, toLastPort: 9010 }] },
        { ...rule, masquerade: true },
      ],
    },
  ],
});

describe("networkMap", () => {
  const { cards, links } = networkMap(snapshot, new Map());

  it("puts the host on the left with ports under their bridge", () => {
    expect(cards.map(({ side, inode }) => [side, inode])).toEqual([
      ["left", HOST.net],
      ["right", 30],
    ]);
    expect(cards[0]?.rows.map(({ device, port }) => [device.name, port])).toEqual([
      ["box0", false],
      ["veth1", true],
      ["lo", false],
    ]);
    expect(cards[1]?.world).toEqual({ kind: "process", name: "web 9" });
  });

  it("draws each pair once, between the middles of its rows", () => {
    expect(links).toHaveLength(1);
    const rowY = cards[0]?.rows[1]?.y ?? 0;
    expect(links[0]?.from.y).toBe(rowY + ROW_PX / 2);
  });

  it("puts namespaces in the order of the host's ends of their wires", () => {
    const crossing = sampleSnapshot(1, {
      tasks: [sampleTask(1)],
      namespaces: [HOST.net, 30, 31, 32].map((inode) => sampleNamespace("net", inode)),
      netDevices: [
        sampleDevice(5, HOST.net, "veth1", { peer: { namespace: 32, ifindex: 2 } }),
        sampleDevice(6, HOST.net, "veth2", { peer: { namespace: 30, ifindex: 2 } }),
        sampleDevice(2, 30, "eth0", { peer: { namespace: HOST.net, ifindex: 6 } }),
        sampleDevice(2, 32, "eth0", { peer: { namespace: HOST.net, ifindex: 5 } }),
      ],
    });
    expect(networkMap(crossing, new Map()).cards.map(({ inode }) => inode)).toEqual([HOST.net, 32, 30, 31]);
  });

  it("lists published ports and masquerading", () => {
    expect(translations(snapshot)).toEqual({
      published: ["8080 → 172.17.0.2:80", "9000-9010 → 172.17.0.3:9000-9010"],
      masquerade: true,
    });
  });
});
