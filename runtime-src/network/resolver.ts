/**
 * docker's embedded DNS server: 127.0.0.11:53 in the container's network namespace, answered by the container's own
 * supervisor. Names of containers on the same user networks come from the networks' leases, read at each question, so
 * nothing has to be told and nothing can be stale. What is not a container's goes to the machine's resolver; where there
 * is none, a name without dots does not exist and any other cannot be known (SERVFAIL), both at once.
 */
import { readFileSync } from "node:fs";
import type { Host } from "../container/host.ts";
import { CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import type { Datagram, Disposable, LinuxCalls } from "../linux/syscalls.ts";
import {
  type Answer,
  addressOfPointer,
  encodeAnswer,
  encodeName,
  NOERROR,
  NXDOMAIN,
  parseQuestion,
  type Question,
  SERVFAIL,
  TYPE_A,
  TYPE_PTR,
} from "./dns-message.ts";
import { addressBytes, parseAddress } from "./ipv4.ts";
import { type Lease, listLeases } from "./leases.ts";
import { raiseLoopback } from "./link.ts";
import { DEFAULT_NETWORK, listNetworks } from "./networks.ts";

export const RESOLVER_ADDRESS = "127.0.0.11";
const DNS_PORT = 53;
const UPSTREAM_TIMEOUT_MS = 2_000;
const MAX_OPEN = 128;

/** Runs `act` in the network namespace of that process; sockets that it makes stay there. */
export function inNetworkOf<T>(linux: LinuxCalls, pid: number, act: () => T): T {
  const own = linux.open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  try {
    const theirs = linux.open(`/proc/${pid}/ns/net`, O_RDONLY | O_CLOEXEC);
    try {
      linux.setns(theirs, CLONE_NEWNET);
    } finally {
      linux.close(theirs);
    }
    try {
      return act();
    } finally {
      linux.setns(own, CLONE_NEWNET);
    }
  } finally {
    linux.close(own);
  }
}

/** Bound before the program starts: what it asks early waits in the socket. */
export const openResolver = (linux: LinuxCalls, pid: number): number =>
  inNetworkOf(linux, pid, () => {
    raiseLoopback(linux);
    return linux.udpSocket(RESOLVER_ADDRESS, DNS_PORT);
  });

/** Leases of all user networks that the container is on, with the networks' names. */
function neighbours(host: Host, containerId: string): { readonly lease: Lease; readonly network: string }[] {
  return listNetworks(host)
    .filter(({ name, driver }) => driver === "bridge" && name !== DEFAULT_NETWORK)
    .flatMap(({ id, name }) => {
      const leases = listLeases(host.paths, id);
      const isOn = leases.some((lease) => lease.containerId === containerId);
      return isOn ? leases.map((lease) => ({ lease, network: name })) : [];
    });
}

/** null: not ours. */
function answerOwn(host: Host, containerId: string, { name, type }: Question): Answer[] | null {
  const known = neighbours(host, containerId);
  const pointed = type === TYPE_PTR ? addressOfPointer(name) : null;
  if (pointed !== null) {
    const found = known.find(({ lease }) => lease.address === pointed);
    return found ? [{ type, data: encodeName(`${found.lease.names[0]}.${found.network}`) }] : null;
  }
  const found = known.filter(({ lease, network }) =>
    lease.names.some((own) => [own.toLowerCase(), `${own}.${network}`.toLowerCase()].includes(name)),
  );
  if (found.length === 0) return null;
  if (type !== TYPE_A) return [];
  return found.map(({ lease }) => ({ type, data: addressBytes(parseAddress(lease.address) ?? 0) }));
}

/** Name servers of resolv.conf(5), none of them this one. */
export function machineServers(file = "/etc/resolv.conf"): string[] {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // a machine without a resolver
  }
  return text.split("\n").flatMap((line) => {
    const [key, address] = line.trim().split(/\s+/);
    return key === "nameserver" && address && parseAddress(address) !== null && !address.startsWith("127.")
      ? [address]
      : [];
  });
}

interface Forwarded {
  readonly from: Datagram;
  readonly question: Question;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Answers until disposed; `servers` are asked for what is no container's name. */
export function serveResolver(host: Host, containerId: string, fd: number, servers: readonly string[]): Disposable {
  const { linux } = host;
  const open = new Map<number, Forwarded>();
  let upstream: { readonly fd: number; readonly watch: Disposable } | null = null;
  let nextId = 1;

  const reply = ({ data, address, port }: Datagram, question: Question, code: number, answers: readonly Answer[]) =>
    send(fd, encodeAnswer(data, question, code, answers), address, port);
  const send = (socket: number, data: Uint8Array, address: string, port: number): boolean => {
    try {
      linux.sendTo(socket, data, address, port);
      return true;
    } catch {
      return false;
    }
  };
  const close = (id: number): Forwarded | undefined => {
    const entry = open.get(id);
    if (entry) clearTimeout(entry.timer);
    open.delete(id);
    return entry;
  };

  const takeUpstream = (socket: number) => {
    for (let got = linux.receiveFrom(socket); got; got = linux.receiveFrom(socket)) {
      if (got.data.length < 12) continue;
      const entry = close(((got.data[0] ?? 0) << 8) | (got.data[1] ?? 0));
      if (!entry) continue;
      const data = Uint8Array.from(got.data);
      data.set(entry.from.data.subarray(0, 2));
      send(fd, data, entry.from.address, entry.from.port);
    }
  };

  const forward = (from: Datagram, question: Question, server: string): boolean => {
    if (open.size >= MAX_OPEN) return false;
    if (!upstream) {
      const socket = linux.udpSocket("0.0.0.0", 0);
      upstream = { fd: socket, watch: linux.onReadable(socket, () => takeUpstream(socket)) };
    }
    const id = nextId++ & 0xffff;
    const data = Uint8Array.from(from.data);
    data.set([id >> 8, id & 255]);
    if (!send(upstream.fd, data, server, DNS_PORT)) return false;
    const timer = setTimeout(() => {
      open.delete(id);
      reply(from, question, SERVFAIL, []);
    }, UPSTREAM_TIMEOUT_MS);
    open.set(id, { from, question, timer });
    return true;
  };

  const handle = (from: Datagram) => {
    const question = parseQuestion(from.data);
    if (!question) return;
    const own = answerOwn(host, containerId, question);
    if (own) return void reply(from, question, NOERROR, own);
    if (servers.some((server) => forward(from, question, server))) return;
    const isUnknown = servers.length > 0 || question.name.includes(".");
    reply(from, question, isUnknown ? SERVFAIL : NXDOMAIN, []);
  };

  const watch = linux.onReadable(fd, () => {
    for (let got = linux.receiveFrom(fd); got; got = linux.receiveFrom(fd)) handle(got);
  });
  return {
    dispose() {
      watch.dispose();
      for (const id of [...open.keys()]) close(id);
      if (upstream) {
        upstream.watch.dispose();
        linux.close(upstream.fd);
      }
      linux.close(fd);
    },
  };
}
