/** Network devices over rtnetlink(7): up, and (for bridges) made, moved, addressed. Layouts of linux/if_link.h. */
import type { LinuxCalls } from "../linux/syscalls.ts";
import { encodeRequest, openRouteSocket } from "./netlink.ts";

const RTM_NEWLINK = 16;
const IFF_UP = 1;
const LOOPBACK_INDEX = 1;
const IFINFO_BYTES = 16;

/** struct ifinfomsg */
export function linkHeader(index: number, flags: number, change: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(IFINFO_BYTES));
  view.setInt32(4, index, true);
  view.setUint32(8, flags, true);
  view.setUint32(12, change, true);
  return new Uint8Array(view.buffer);
}

const NOTHING = new Uint8Array();

export const setUpRequest = (index: number): Uint8Array =>
  encodeRequest(RTM_NEWLINK, 0, linkHeader(index, IFF_UP, IFF_UP), NOTHING);

const LOOPBACK_UP = setUpRequest(LOOPBACK_INDEX);

/** A new network namespace has a loopback device that is down. */
export function raiseLoopback(linux: LinuxCalls): void {
  const socket = openRouteSocket(linux);
  try {
    socket.request("RTM_NEWLINK lo up", LOOPBACK_UP);
  } finally {
    socket.close();
  }
}
