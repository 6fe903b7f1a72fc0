/**
 * Sockets that wait for others, in all network namespaces: TCP in LISTEN, bound UDP, unix in LISTEN, with who holds them. Found
 * by the open files of processes, as a socket that listens is always somebody's.
 *
 * Order: after open-files.ts.
 */
import type { ListeningSocket } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words } from "./guest-memory.ts";
import { dotted } from "./ipv4.ts";
import type { Holder } from "./open-files.ts";
import { sameJson, sameList } from "./same.ts";

const UNIX_PATH_BYTES = 108;
const FAMILY_BYTES = 2;

/** A socket, null where it is none that listens, with the words that it was read from and the processes that held it. */
interface Known {
  readonly socket: ListeningSocket | null;
  readonly words: Words;
  readonly holders: readonly Holder[];
}

type Place = Pick<ListeningSocket, "protocol" | "address" | "port" | "path">;

export class SocketReader {
  private readonly fields;
  private known: ReadonlyMap<number, Known> = new Map();
  private sockets: readonly ListeningSocket[] = [];

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      vfsInode: "socket_alloc.vfs_inode",
      sk: "socket_alloc.socket.sk",
      ino: "inode.i_ino",
      family: "sock.sk_family",
      state: "sock.sk_state",
      protocol: "sock.sk_protocol",
      net: "sock.sk_net",
      uid: "sock.sk_uid",
      address: "sock.sk_rcv_saddr",
      num: "sock.sk_num",
      unixAddress: "unix_sock.addr",
      addressLength: "unix_address.len",
      addressName: "unix_address.name",
      inum: "net.ns.inum",
      unix: "AF_UNIX",
      inet: "AF_INET",
      tcp: "IPPROTO_TCP",
      udp: "IPPROTO_UDP",
      listen: "TCP_LISTEN",
      close: "TCP_CLOSE",
    });
  }

  read(memory: GuestMemory, sockets: ReadonlyMap<number, readonly Holder[]>): readonly ListeningSocket[] {
    const next = new Map<number, Known>();
    const found: ListeningSocket[] = [];
    for (const [inode, holders] of sockets) {
      const known = this.knownOf(memory, inode, holders);
      next.set(inode, known);
      if (known.socket) found.push(known.socket);
    }
    this.known = next;
    this.sockets = sameList(this.sockets, found);
    return this.sockets;
  }

  private knownOf(memory: GuestMemory, inode: number, holders: readonly Holder[]): Known {
    const former = this.known.get(inode);
    if (former && sameHolders(former.holders, holders) && memory.holds(former.words)) return former;
    memory.record();
    const read = this.readAt(memory, inode, holders);
    const words = memory.recorded(former?.words ?? NO_WORDS);
    return { socket: former && sameJson(former.socket, read) ? former.socket : read, words, holders };
  }

  private readAt(memory: GuestMemory, inode: number, holders: readonly Holder[]): ListeningSocket | null {
    const { fields } = this;
    const sk = memory.pointer(inode - fields.vfsInode + fields.sk);
    const place = sk === 0 ? null : this.placeOf(memory, sk);
    const net = place ? memory.pointer(sk + fields.net) : 0;
    if (!place || net === 0) return null;
    return {
      namespace: memory.u32(net + fields.inum),
      ...place,
      inode: memory.u32(inode + fields.ino),
      uid: memory.u32(sk + fields.uid),
      pids: [...new Set(holders.map(({ pid }) => pid))],
    };
  }

  private placeOf(memory: GuestMemory, sk: number): Place | null {
    const { fields } = this;
    const family = memory.u16(sk + fields.family);
    const state = memory.u8(sk + fields.state);
    if (family === fields.unix && state === fields.listen)
      return { protocol: "unix", address: null, port: null, path: this.unixPath(memory, sk) };
    if (family !== fields.inet) return null;
    const protocol = memory.u16(sk + fields.protocol);
    const port = memory.u16(sk + fields.num);
    const address = dotted(memory.u32(sk + fields.address));
    if (protocol === fields.tcp && state === fields.listen) return { protocol: "tcp", address, port, path: null };
    // A UDP socket that is bound and not connected stays in CLOSE, which ss(8) prints as UNCONN.
    if (protocol === fields.udp && state === fields.close && port !== 0)
      return { protocol: "udp", address, port, path: null };
    return null;
  }

  /** An abstract name begins with NUL, shown as "@" like ss(8) does. */
  private unixPath(memory: GuestMemory, sk: number): string | null {
    const { fields } = this;
    const at = memory.pointer(sk + fields.unixAddress);
    if (at === 0) return null;
    const length = Math.min(UNIX_PATH_BYTES, memory.i32(at + fields.addressLength) - FAMILY_BYTES);
    const name = at + fields.addressName + FAMILY_BYTES;
    if (length <= 0) return null;
    return memory.u8(name) === 0 ? `@${memory.text(name + 1, length - 1)}` : memory.text(name, length);
  }
}

function sameHolders(a: readonly Holder[], b: readonly Holder[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index]?.pid !== b[index]?.pid) return false;
  return true;
}
