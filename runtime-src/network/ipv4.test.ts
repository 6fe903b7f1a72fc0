import { expect, test } from "vitest";
import {
  contains,
  formatAddress,
  formatSubnet,
  macOfAddress,
  overlaps,
  parseAddress,
  parseCidr,
  parseMac,
} from "./ipv4.ts";
import { freePool } from "./pools.ts";

const subnet = (text: string) => parseCidr(text)?.subnet ?? { base: 0, prefix: 0 };

test("addresses above 2^31 stay positive, what is none is null", () => {
  expect(parseAddress("192.168.255.1")).toBe(3232300801);
  expect(formatAddress(3232300801)).toBe("192.168.255.1");
  for (const text of ["1.2.3", "256.1.1.1", "1.2.3.4.5", "a.b.c.d", "", "1.2.3.4 ", "::1"]) {
    expect(parseAddress(text)).toBeNull();
  }
});

test("a block knows its first and last address and its neighbours", () => {
  expect(formatSubnet(subnet("10.1.2.3/20"))).toBe("10.1.0.0/20");
  expect([contains(subnet("10.1.0.0/20"), 0x0a010fff), contains(subnet("10.1.0.0/20"), 0x0a011000)]).toEqual([
    true,
    false,
  ]);
  expect(overlaps(subnet("172.16.0.0/12"), subnet("172.31.0.0/16"))).toBe(true);
  expect(overlaps(subnet("172.16.0.0/16"), subnet("172.17.0.0/16"))).toBe(false);
  expect([parseCidr("1.2.3.4/33"), parseCidr("1.2.3.4"), parseCidr("x/8")]).toEqual([null, null, null]);
});

test("docker's hardware address; the pools in docker's order, past what is taken", () => {
  expect(macOfAddress(parseAddress("172.17.0.2") ?? 0)).toBe("02:42:ac:11:00:02");
  expect(parseMac("02:42:ac:11:00")).toBeNull();
  expect(formatSubnet(freePool([subnet("172.17.0.0/16")]))).toBe("172.18.0.0/16");
  expect(formatSubnet(freePool([subnet("172.16.0.0/12"), subnet("192.168.7.0/24")]))).toBe("192.168.16.0/20");
  expect(() => freePool([subnet("0.0.0.0/0")])).toThrow("fully subnetted");
});
