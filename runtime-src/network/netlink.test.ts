import { expect, test } from "vitest";
import { recordingLinux } from "../linux/recording.ts";
import { addAddress, addDefaultRoute, deleteLink, loopbackUp, newVethPair } from "./link.ts";
import { decodeAttributes, NetlinkError, openRouteSocket } from "./netlink.ts";
import { rulesetMessages } from "./ruleset.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** As strace(1) shows ip(8) sending them, sequence numbers and acknowledgement flags apart. */
test("messages are those of ip(8)", () => {
  expect(hex(loopbackUp)).toBe("2000000010000100000000000000000000000000010000000100000001000000");
  expect(hex(addAddress(2, 0xac110002, { base: 0xac110000, prefix: 16 }))).toBe(
    "30000000140001060000000000000000" +
      "0210000002000000" +
      "08000200ac110002" +
      "08000100ac110002" +
      "08000400ac11ffff",
  );
  expect(hex(addDefaultRoute(0xac110001))).toBe(
    "24000000180001060000000000000000" +
      "0200000000000000fe030001".slice(0, 8) +
      "fe030001" +
      "00000000" +
      "08000500ac110001",
  );
  expect(hex(deleteLink("veth1234567")).slice(64)).toBe("10000300766574683132333435363700");
});

test("a veth pair is one message: the bridge's port, and in it the other end with its namespace", () => {
  const pair = newVethPair({
    name: "veth1234567",
    bridgeIndex: 3,
    pid: 77,
    peerName: "eth0",
    peerMac: new Uint8Array([2, 0x42, 1, 2, 3, 4]),
    mtu: null,
  });
  const outer = decodeAttributes(pair.subarray(32));
  expect([...outer.keys()]).toEqual([3, 10, 18]);
  const info = decodeAttributes(outer.get(18) ?? new Uint8Array());
  expect(Buffer.from(info.get(1) ?? []).toString()).toBe("veth\0");
  const peer = decodeAttributes(info.get(2) ?? new Uint8Array()).get(1) ?? new Uint8Array();
  const inner = decodeAttributes(peer.subarray(16));
  expect([hex(inner.get(1) ?? new Uint8Array()), inner.get(19)?.[0]]).toEqual(["024201020304", 77]);
});

const answerOf = (seq: number, errno: number): Uint8Array => {
  const view = new DataView(new ArrayBuffer(36));
  view.setUint32(0, 36, true);
  view.setUint16(4, 2, true);
  view.setUint32(8, seq, true);
  view.setInt32(16, -errno, true);
  return new Uint8Array(view.buffer);
};

test("a batch is one write; only its last message asks for an answer, an error of any is the error", () => {
  const { linux, of, answer } = recordingLinux();
  const socket = openRouteSocket(linux);
  answer("read", () => answerOf(2, 0));
  socket.request("two", loopbackUp, loopbackUp);
  const sent = of("write")[0]?.args[1] as Uint8Array;
  expect([sent.length, sent[6], sent[8], sent[38], sent[40]]).toEqual([64, 1, 1, 5, 2]);
  answer("read", () => answerOf(3, 17));
  expect(() => socket.request("taken", loopbackUp, loopbackUp)).toThrow(NetlinkError);
  answer("read", () => new Uint8Array([255, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  expect(() => socket.request("cut", loopbackUp)).toThrow("cut short");
});

test("the table is sets and chains first, then the rules that name them", () => {
  const types = rulesetMessages().map((message) => message[4] ?? -1);
  expect(types).toEqual([0, ...Array(3).fill(9), ...Array(6).fill(3), ...Array(13).fill(6)]);
});
