/**
 * Holds against the guest's own words what belongs to whom: namespaces and what keeps them alive (lsns, mountinfo), IPC objects,
 * owners of sockets, overlays, device programs. See introspect-compare.ts for what counts as equal.
 */
import type { Cgroup } from "../../lib/protocol/kernel-cgroup.ts";
import type { LayerEntry, Overlay } from "../../lib/protocol/kernel-mount.ts";
import type { KernelSnapshot, Namespace } from "../../lib/protocol/kernel-snapshot.ts";
import { type Comparison, Ledger } from "./introspect-compare.ts";
import type { WorldRecord } from "./introspect-world-oracle.ts";

type Hold = (
  inode: number,
  what: string,
  told: unknown,
  read: (namespace: Namespace, snapshot: KernelSnapshot) => unknown,
) => void;

export function compareObjects(before: KernelSnapshot, record: WorldRecord, after: KernelSnapshot): Comparison {
  const ledger = new Ledger();
  const [early, late] = [byInode(before), byInode(after)];
  const hold: Hold = (inode, what, told, read) => {
    const [start, end] = [early.get(inode), late.get(inode)];
    ledger.hold(`namespace ${inode}: ${what}`, told, start && read(start, before), end && read(end, after));
  };
  compareTree(hold, before, record);
  compareMountKeepers(hold, early, record);
  compareThreadKeepers(hold, early, record);
  comparePosixQueues(hold, record);
  compareQueueLimits(hold, record);
  compareSocketOwners(ledger, before, record, after);
  compareOverlays(ledger, before, record, after);
  compareLayerOrigins(ledger, before, record, after);
  compareDevicePrograms(ledger, before, record, after);
  compareKernelThreads(ledger, before, record, after);
  return ledger;
}

const byInode = ({ namespaces }: KernelSnapshot): ReadonlyMap<number, Namespace> =>
  new Map(namespaces.map((namespace) => [namespace.inode, namespace]));

/** Lists of keepers are bounded; a full one says nothing of what is missing in it. */
const MOST_KEEPERS = 64;

const membersOf = ({ type, inode }: Namespace, { tasks }: KernelSnapshot): number =>
  tasks.filter(({ namespaces }) => namespaces[type] === inode).length;

/** lsns(8): only namespaces that a process is in. Those of init have lsns itself in them, so it counts one more there. */
function compareTree(hold: Hold, before: KernelSnapshot, record: WorldRecord): void {
  const init = new Set<number | null>(
    Object.values(before.tasks.find(({ pid }) => pid === 1)?.namespaces ?? ({} as Record<string, number>)),
  );
  for (const line of record.section("lsns")) {
    const [inode = 0, processes, parent, owner] = line
      .split(/\s+/)
      .flatMap((word, index) => (index === 1 ? [] : [Number(word)]));
    const type = line.split(/\s+/)[1] ?? "";
    const nests = type === "pid" || type === "user";
    hold(inode, "type", type, (n) => n.type);
    if (!init.has(inode)) hold(inode, "processes", processes, membersOf);
    hold(inode, "inhabited", true, (n) => n.keepers.inhabited);
    if (nests) hold(inode, "parent", parent || null, (n) => n.parent);
    if (nests && parent) hold(parent, `has the child ${inode}`, true, (n) => n.keepers.children.includes(inode));
    // Of a user namespace lsns says the owner is its parent's, the kernel's `parent`.
    hold(inode, "owner", owner || null, (n) => n.owner);
    if (type !== "user" && owner)
      hold(
        owner,
        `owns ${inode}`,
        true,
        ({ keepers: { owned } }) => owned.length >= MOST_KEEPERS || owned.includes(inode),
      );
    if (nests) hold(inode, "level", levelOf(before, inode), (n) => n.level);
  }
}

/** Steps up to the namespace without a parent. */
function levelOf({ namespaces }: KernelSnapshot, inode: number): number {
  const parent = namespaces.find((namespace) => namespace.inode === inode)?.parent ?? null;
  return parent === null ? 0 : 1 + levelOf({ namespaces } as KernelSnapshot, parent);
}

/** Lines of mountinfo that mount `net:[4026532000]`; a mount namespace without a process has none to read. */
function compareMountKeepers(hold: Hold, early: ReadonlyMap<number, Namespace>, record: WorldRecord): void {
  const told = new Map<number, string[]>();
  const readable = record.each("mounts");
  for (const [namespace, text] of readable)
    for (const line of text.split("\n")) {
      const [, , , root = "", mountPoint] = line.split(" ");
      const held = Number(/^\w+:\[(\d+)\]$/.exec(root)?.[1]);
      if (held) told.set(held, [...(told.get(held) ?? []), `${namespace} ${mountPoint}`]);
    }
  for (const inode of early.keys())
    hold(inode, "held by mounts", (told.get(inode) ?? []).sort().join(), ({ keepers }) =>
      keepers.mounts
        .filter(({ namespace }) => readable.has(namespace))
        .map((mount) => `${mount.namespace} ${mount.mountPoint}`)
        .sort()
        .join(),
    );
}

/** /proc/PID/task/TID/ns/uts that is not the leader's. */
function compareThreadKeepers(hold: Hold, early: ReadonlyMap<number, Namespace>, record: WorldRecord): void {
  const places = record.section("threadns").flatMap((line) => {
    const [, pid, tid, inode] = / (\d+)\/task\/(\d+)\/ns\/uts -> uts:\[(\d+)\]$/.exec(line) ?? [];
    return pid ? [{ pid, tid, inode: Number(inode) }] : [];
  });
  const leaders = new Map(places.flatMap(({ pid, tid, inode }) => (pid === tid ? [[pid, inode] as const] : [])));
  for (const { inode, type } of early.values()) {
    if (type !== "uts") continue;
    const told = places.filter((place) => place.inode === inode && leaders.get(place.pid) !== inode);
    hold(inode, "held by threads", told.map(({ pid, tid }) => `${pid}/${tid}`).join(), ({ keepers }) =>
      keepers.threads.map(({ pid, tid }) => `${pid}/${tid}`).join(),
    );
  }
}

/** Name, then the three figures that the helper prints, a queue after the other. */
function comparePosixQueues(hold: Hold, record: WorldRecord): void {
  for (const [inode, text] of record.each("mqueue"))
    hold(inode, "POSIX queues", text.trim().split(/\s+/).join(" "), ({ ipc }) =>
      (ipc?.posixQueues ?? [])
        .map(({ name, maxmsg, msgsize, curmsgs }) => [name, maxmsg, msgsize, curmsgs].join(" "))
        .join(" "),
    );
}

/** ipcs(1) asks msgctl(2) for what /proc/sysvipc/msg leaves out. */
function compareQueueLimits(hold: Hold, record: WorldRecord): void {
  for (const [inode, text] of record.each("qbytes")) {
    const told = [...text.matchAll(/msqid=(\d+)[\s\S]*?\bqbytes=(\d+)/g)].map(([, id, qbytes]) => `${id} ${qbytes}`);
    hold(inode, "qbytes", told.join(), ({ ipc }) =>
      (ipc?.messageQueues ?? []).map(({ id, qbytes }) => `${id} ${qbytes}`).join(),
    );
  }
}

/** ss(8) names a TCP socket's uid where it is not 0, and who has it open; /proc/net/udp has the uid in its eighth column. */
function compareSocketOwners(ledger: Ledger, before: KernelSnapshot, record: WorldRecord, after: KernelSnapshot): void {
  const read = (snapshot: KernelSnapshot, inode: number) => snapshot.sockets.find((socket) => socket.inode === inode);
  const hold = (
    inode: number,
    what: string,
    told: unknown,
    of: (socket: KernelSnapshot["sockets"][number]) => unknown,
  ) => {
    const [start, end] = [read(before, inode), read(after, inode)];
    if (start && end) ledger.hold(`socket ${inode}: ${what}`, told, of(start), of(end));
  };
  for (const line of [...record.each("sockets").values()].flatMap((text) => text.split("\n"))) {
    const words = line.trim().split(/\s+/);
    const udp = /^\d+:$/.test(words[0] ?? "");
    const unix = /^u_/.test(words[0] ?? "");
    const inode = Number(udp ? words[9] : unix ? words[5] : /ino:(\d+)/.exec(line)?.[1]);
    if (udp) hold(inode, "uid", Number(words[7]), ({ uid }) => uid);
    else {
      const pids = [...new Set([...line.matchAll(/\bpid=(\d+),fd=/g)].map(([, pid]) => Number(pid)))];
      hold(inode, "pids", pids.sort((a, b) => a - b).join(), (socket) => [...socket.pids].sort((a, b) => a - b).join());
      if (!unix) hold(inode, "uid", Number(/\buid:(\d+)/.exec(line)?.[1] ?? 0), ({ uid }) => uid);
    }
  }
}

/** What mountinfo says of an overlay, by the device that its mounts share. */
function compareOverlays(ledger: Ledger, before: KernelSnapshot, record: WorldRecord, after: KernelSnapshot): void {
  const told = new Map<string, string>();
  for (const line of [...record.each("mounts").values()].flatMap((text) => text.split("\n"))) {
    const [own = "", file = ""] = line.split(" - ");
    const options = file.split(" ")[2]?.split(",") ?? [];
    const option = (name: string): string | null =>
      options.find((candidate) => candidate.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
    if (file.startsWith("overlay "))
      told.set(own.split(" ")[2] ?? "", `${option("lowerdir")} ${option("upperdir")} ${option("workdir")}`);
  }
  const seen = (snapshot: KernelSnapshot, device: string): string | undefined => {
    const found = snapshot.overlays.find((overlay) => overlay.device === device);
    return found && `${found.lowerdir} ${found.upperdir} ${found.workdir}`;
  };
  for (const [device, dirs] of told) ledger.hold(`overlay ${device}`, dirs, seen(before, device), seen(after, device));
  for (const { device } of before.overlays)
    ledger.hold(`overlay ${device} is mounted`, true, told.has(device), told.has(device));
}

/** What the lower folder has too, and what overlayfs has marked as hiding it. */
function compareLayerOrigins(ledger: Ledger, before: KernelSnapshot, record: WorldRecord, after: KernelSnapshot): void {
  const entries = ({ overlays }: KernelSnapshot): ReadonlyMap<string, LayerEntry> => {
    const isLab = ({ upperdir }: Overlay): boolean => upperdir === "/var/lib/box/introspect/upper";
    return new Map((overlays.find(isLab)?.upper ?? []).map((entry) => [entry.path, entry]));
  };
  const [early, late] = [entries(before), entries(after)];
  const [inLower, opaque] = [new Set(record.section("lower")), new Set(record.section("opaque"))];
  for (const [path, entry] of early) {
    const isOpaque = opaque.has(path);
    ledger.hold(`layer ${path}: opaque`, isOpaque, entry.opaque, late.get(path)?.opaque);
    const below = [...opaque].some((folder) => path.startsWith(`${folder}/`));
    const told = entry.kind !== "whiteout" && inLower.has(path) && !isOpaque && !below;
    if (entry.copiedUp !== null)
      ledger.hold(`layer ${path}: copied up`, told, entry.copiedUp, late.get(path)?.copiedUp);
  }
}

/** BPF_PROG_QUERY (bpf(2)), asked by the helper. */
function compareDevicePrograms(
  ledger: Ledger,
  before: KernelSnapshot,
  record: WorldRecord,
  after: KernelSnapshot,
): void {
  const seen = ({ cgroups }: KernelSnapshot, path: string): string | undefined => {
    const found = cgroups.find((cgroup: Cgroup) => cgroup.path === path)?.devicePrograms;
    return found && `${found.attached} ${found.effective}`;
  };
  for (const line of record.section("programs")) {
    const [, path = "", told] = /^\.(.*) (\d+ \d+)$/.exec(line) ?? [];
    const [start, end] = [seen(before, path || "/"), seen(after, path || "/")];
    if (start !== undefined && end !== undefined) ledger.hold(`cgroup ${path}: device programs`, told, start, end);
  }
}

/** PF_KTHREAD in the flags of /proc/PID/stat. */
const PF_KTHREAD = 0x200000;

function compareKernelThreads(
  ledger: Ledger,
  before: KernelSnapshot,
  record: WorldRecord,
  after: KernelSnapshot,
): void {
  const later = new Map(after.tasks.map((task) => [task.pid, task]));
  for (const line of record.section("stat")) {
    const pid = Number.parseInt(line, 10);
    const flags = Number(line.slice(line.lastIndexOf(")") + 2).split(" ")[6]);
    const [start, end] = [before.tasks.find((task) => task.pid === pid), later.get(pid)];
    if (start && end && start.startTimeNs === end.startTimeNs)
      ledger.hold(`process ${pid}: kthread`, (flags & PF_KTHREAD) !== 0, start.kthread, end.kthread);
  }
}
