/** docker's default address pools (daemon.json's default-address-pools): 172.17 to 172.31 as /16, then 192.168 as /20. */
import { overlaps, parseCidr, type Subnet } from "./ipv4.ts";

const block = (text: string): Subnet => {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`${text}: no block`);
  return parsed.subnet;
};

function* pools(): Generator<Subnet> {
  for (let second = 17; second <= 31; second++) yield block(`172.${second}.0.0/16`);
  for (let third = 0; third < 256; third += 16) yield block(`192.168.${third}.0/20`);
}

/** The first that meets none of `taken` (other networks, and routes of this machine). */
export function freePool(taken: readonly Subnet[]): Subnet {
  for (const pool of pools()) if (!taken.some((other) => overlaps(pool, other))) return pool;
  throw new Error("all predefined address pools have been fully subnetted");
}
