/** Holds the rest of the world against the guest's own words; see introspect-compare.ts for what counts as equal. */
import type { Cgroup, CgroupMemoryStat } from "../../lib/protocol/kernel-cgroup.ts";
import type { Mount } from "../../lib/protocol/kernel-mount.ts";
import type { NetDevice } from "../../lib/protocol/kernel-network.ts";
import type { KernelSnapshot, Namespace, Task } from "../../lib/protocol/kernel-snapshot.ts";
import { type Comparison, Ledger } from "./introspect-compare.ts";
import { compareNftables } from "./introspect-nft-compare.ts";
import type { IpDevice, IpRoute, WorldRecord } from "./introspect-world-oracle.ts";

type Both<T> = (read: (snapshot: KernelSnapshot) => T) => readonly [T, T];

export function compareWorld(before: KernelSnapshot, record: WorldRecord, after: KernelSnapshot): Comparison {
  const ledger = new Ledger();
  const both = <T>(read: (snapshot: KernelSnapshot) => T): readonly [T, T] => [read(before), read(after)];
  ledger.hold("dropped", 0, before.dropped, after.dropped);
  compareProcesses(ledger, both, record);
  compareMounts(ledger, before, record, after);
  compareLayers(ledger, both, record);
  compareDevices(ledger, both, record);
  compareRoutes(ledger, both, record);
  compareNftables(ledger, before, record, after);
  compareSockets(ledger, both, record);
  compareNamespaces(ledger, both, record);
  compareGroups(ledger, before, record, after);
  return ledger;
}

const byPid = ({ tasks }: KernelSnapshot): ReadonlyMap<number, Task> => new Map(tasks.map((task) => [task.pid, task]));

const STATUS: ReadonlyMap<string, (task: Task) => string> = new Map([
  ["Uid", (t: Task) => [t.uid, t.euid, t.suid, t.fsuid].join(" ")],
  ["Gid", (t: Task) => [t.gid, t.egid, t.sgid, t.fsgid].join(" ")],
  ["Groups", (t: Task) => t.groups.join(" ")],
  ["CapInh", (t: Task) => t.capInh],
  ["CapPrm", (t: Task) => t.capPrm],
  ["CapEff", (t: Task) => t.capEff],
  ["CapBnd", (t: Task) => t.capBnd],
  ["CapAmb", (t: Task) => t.capAmb],
  ["oom_score_adj", (t: Task) => String(t.oomScoreAdj)],
]);

function compareProcesses(ledger: Ledger, both: Both<ReadonlyMap<number, Task>>, record: WorldRecord): void {
  const [before, after] = both(byPid);
  const hold = (pid: number, what: string, told: unknown, read: (task: Task) => unknown): void => {
    const [task, end] = [before.get(pid), after.get(pid)];
    if (task && end && task.startTimeNs === end.startTimeNs)
      ledger.hold(`process ${pid} ${task.comm}: ${what}`, told, read(task), read(end));
  };
  for (const line of record.section("status")) {
    const [, pid, key, text = ""] = /^(\d+)\/(?:status:)?(\w+):\s*(.*?)\s*$/.exec(line) ?? [];
    const told = text.split(/\s+/).join(" ");
    const read = STATUS.get(key ?? "");
    if (read) hold(Number(pid), key ?? "", told, read);
  }
  for (const line of record.section("stat")) {
    const pid = Number.parseInt(line, 10);
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    hold(pid, "pgrp", Number(fields[2]), (t) => t.pgrp);
    hold(pid, "session", Number(fields[3]), (t) => t.session);
    hold(pid, "tty", ttyName(Number(fields[4])), (t) => t.tty);
  }
  compareThreads(ledger, before, record, after);
  for (const line of record.section("links")) {
    const [, pid, link, target] = / (\d+)\/(exe|cwd|root) -> (.*)$/.exec(line) ?? [];
    if (target?.endsWith(" (deleted)")) continue;
    hold(Number(pid), link ?? "", target, (task) =>
      link === "exe" ? task.exe : link === "cwd" ? task.cwd : task.root,
    );
  }
  const agents = new Set([...before.values()].flatMap(({ comm, pid }) => (comm === "box" ? pid : [])));
  compareFds(hold, record, agents);
}

/** The device number of /proc/PID/stat as ps(1) names it: hvc are 229, ttyS 4:64 on, pts 136. */
function ttyName(number: number): string | null {
  const [major, minor] = [(number >> 8) & 0xfff, (number & 0xff) | ((number >> 12) & 0xfff00)];
  if (number === 0) return null;
  if (major === 229) return `hvc${minor}`;
  if (major === 136) return `pts/${minor}`;
  return major === 4 && minor >= 64 ? `ttyS${minor - 64}` : `${major}:${minor}`;
}

function compareThreads(
  ledger: Ledger,
  before: ReadonlyMap<number, Task>,
  record: WorldRecord,
  after: ReadonlyMap<number, Task>,
): void {
  const told = new Map<number, { comm: string; state: string }>();
  for (const line of record.section("threads")) {
    const comm = line.slice(line.indexOf("(") + 1, line.lastIndexOf(")"));
    told.set(Number.parseInt(line, 10), { comm, state: line.slice(line.lastIndexOf(")") + 2)[0] ?? "" });
  }
  for (const task of before.values())
    for (const [index, thread] of (task.threadList ?? []).entries()) {
      const end = after.get(task.pid)?.threadList?.[index];
      const known = told.get(thread.tid);
      ledger.hold(`thread ${thread.tid} of ${task.pid}: comm`, known?.comm, thread.comm, end?.comm);
      ledger.hold(`thread ${thread.tid} of ${task.pid}: state`, known?.state, thread.state, end?.state);
    }
}

function compareFds(
  hold: (pid: number, what: string, told: unknown, read: (task: Task) => unknown) => void,
  record: WorldRecord,
  agents: ReadonlySet<number>,
): void {
  const counts = new Map<number, number>();
  let pid = 0;
  for (const line of record.section("fds")) {
    const folder = /^(\d+)\/fd:$/.exec(line)?.[1];
    if (folder) {
      pid = Number(folder);
      counts.set(pid, 0);
    } else if (line.includes(" -> ")) counts.set(pid, (counts.get(pid) ?? 0) + 1);
  }
  // A zombie's folder is empty, its files are gone.
  // The agent, as which `sh` runs, has pipes to what it runs.
  for (const [number, count] of counts)
    if (!agents.has(number)) hold(number, "open files", count, (task) => task.openFiles ?? 0);
}

const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));

function compareMounts(ledger: Ledger, before: KernelSnapshot, record: WorldRecord, after: KernelSnapshot): void {
  const index = ({ mounts }: KernelSnapshot): ReadonlyMap<string, Mount> =>
    new Map(mounts.map((mount) => [`${mount.namespace} ${mount.id}`, mount]));
  const [early, late] = [index(before), index(after)];
  for (const [namespace, text] of record.each("mounts")) {
    // Paths are told as seen from the root of the process that is asked: only the namespace's own root sees them all.
    const lines = text.split("\n").filter((line) => line !== "");
    for (const line of lines) {
      const [own = "", file = ""] = line.split(" - ");
      const [id, parent, device, root, mountPoint, options, ...tags] = own.split(" ");
      const [fstype, source, superOptions = ""] = file.split(" ");
      const tag = (name: string): number | null => {
        const found = tags.find((candidate) => candidate.startsWith(`${name}:`));
        return found ? Number(found.slice(name.length + 1)) : null;
      };
      const key = `${namespace} ${id}`;
      const hold = (what: string, told: unknown, read: (mount: Mount) => unknown): void => {
        const [start, end] = [early.get(key), late.get(key)];
        ledger.hold(`mount ${key} ${mountPoint}: ${what}`, told, start && read(start), end && read(end));
      };
      hold("parent", Number(parent), (m) => m.parent);
      hold("device", device, (m) => m.device);
      hold("root", unescaped(root ?? ""), (m) => m.root);
      hold("mount point", unescaped(mountPoint ?? ""), (m) => m.mountPoint);
      hold("options", options, (m) => m.options);
      hold("fstype", fstype, (m) => m.fstype);
      hold("source", unescaped(source ?? ""), (m) => m.source);
      hold("shared", tag("shared"), (m) => m.shared);
      hold("master", tag("master"), (m) => m.master);
      hold("propagate_from", tag("propagate_from"), (m) => m.propagateFrom);
      hold("unbindable", tags.includes("unbindable"), (m) => m.unbindable);
      // Of overlay and tmpfs all that is read comes first; of the others, the flags.
      hold("super options", true, (m) => `${superOptions},`.startsWith(`${m.superOptions},`));
      if (fstype === "tmpfs") hold("tmpfs options", unescaped(superOptions), (m) => m.superOptions);
    }
    const told = new Set(lines.map((line) => Number.parseInt(line, 10)));
    const hidden = [...early.values()].filter((mount) => mount.namespace === namespace && !told.has(mount.id));
    // Only the kernel's first root file system is below everybody's root.
    ledger.hold(
      `mounts of ${namespace} that nobody sees`,
      "",
      hiddenBut(hidden, "rootfs"),
      hiddenBut(hidden, "rootfs"),
    );
  }
}

const hiddenBut = (mounts: readonly Mount[], fstype: string): string =>
  mounts
    .filter((mount) => mount.fstype !== fstype)
    .map(({ mountPoint }) => mountPoint)
    .join();

/** By the format part of st_mode. */
const KINDS: Readonly<Record<number, string>> = {
  1: "fifo",
  2: "device",
  4: "directory",
  6: "device",
  8: "file",
  10: "symlink",
  12: "socket",
};
/** A character device without permissions; overlayfs makes no other. */
const WHITEOUT = 0x2000;

function compareLayers(ledger: Ledger, both: Both<ReadonlyMap<string, string>>, record: WorldRecord): void {
  const entries = ({ overlays }: KernelSnapshot): ReadonlyMap<string, string> =>
    new Map(
      (overlays.find(({ upperdir }) => upperdir === "/var/lib/box/introspect/upper")?.upper ?? []).map((entry) => [
        entry.path,
        `${entry.kind} ${entry.sizeBytes} ${entry.mode.toString(8)}`,
      ]),
    );
  const [early, late] = both(entries);
  const told = new Map<string, string>();
  for (const line of record.section("layers")) {
    const [, hex = "", size, path = ""] = /^(\w+) (\d+) \.\/(.*)$/.exec(line) ?? [];
    const mode = Number.parseInt(hex, 16);
    const kind = mode === WHITEOUT ? "whiteout" : KINDS[mode >> 12];
    told.set(path, `${kind} ${kind === "file" || kind === "symlink" ? size : 0} ${(mode & 0o7777).toString(8)}`);
  }
  for (const [path, what] of told) ledger.hold(`layer ${path}`, what, early.get(path), late.get(path));
  for (const path of early.keys()) ledger.hold(`layer ${path} exists`, told.get(path), early.get(path), late.get(path));
}

function compareDevices(ledger: Ledger, both: Both<ReadonlyMap<string, NetDevice>>, record: WorldRecord): void {
  const index = ({ netDevices }: KernelSnapshot): ReadonlyMap<string, NetDevice> =>
    new Map(netDevices.map((device) => [`${device.namespace} ${device.ifindex}`, device]));
  const [early, late] = both(index);
  const told = new Set<string>();
  for (const [namespace, text] of [...record.each("devices"), ...record.each("netns")])
    for (const device of JSON.parse(text || "[]") as IpDevice[]) {
      const key = `${namespace} ${device.ifindex}`;
      told.add(key);
      const hold = (what: string, value: unknown, read: (device: NetDevice) => unknown): void => {
        const [start, end] = [early.get(key), late.get(key)];
        ledger.hold(`device ${key} ${device.ifname}: ${what}`, value, start && read(start), end && read(end));
      };
      const masterName = (d: NetDevice): string | undefined =>
        d.master === null ? undefined : early.get(`${namespace} ${d.master}`)?.name;
      hold("name", device.ifname, (d) => d.name);
      hold("flags", device.flags.join(), (d) => d.flags.join());
      hold("operstate", device.operstate, (d) => d.operstate);
      hold("mtu", device.mtu, (d) => d.mtu);
      hold("mac", device.address ?? null, (d) => d.mac);
      hold(
        "kind",
        device.linkinfo?.info_kind ?? (device.link_type === "loopback" ? "loopback" : "device"),
        (d) => d.kind,
      );
      // The other end by its number, or by its name where it is here too.
      hold("peer", device.linkinfo?.info_kind === "veth" ? (device.link_index ?? device.link) : undefined, (d) =>
        d.peer?.namespace === d.namespace ? early.get(`${namespace} ${d.peer.ifindex}`)?.name : d.peer?.ifindex,
      );
      hold("master", device.master, masterName);
      const addresses = device.addr_info.map(
        ({ local, prefixlen, broadcast, label }) => `${local}/${prefixlen} ${broadcast ?? ""} ${label ?? ""}`,
      );
      hold("addresses", addresses.join(), (d) =>
        d.addresses.map((a) => `${a.address}/${a.prefix} ${a.broadcast ?? ""} ${a.label}`).join(),
      );
      const { rx, tx } = device.stats64;
      hold("rx bytes", rx.bytes, (d) => d.rxBytes);
      hold("rx packets", rx.packets, (d) => d.rxPackets);
      hold("rx errors", rx.errors, (d) => d.rxErrors);
      hold("rx dropped", rx.dropped, (d) => d.rxDropped);
      hold("tx bytes", tx.bytes, (d) => d.txBytes);
      hold("tx packets", tx.packets, (d) => d.txPackets);
      hold("tx errors", tx.errors, (d) => d.txErrors);
      hold("tx dropped", tx.dropped, (d) => d.txDropped);
      const vxlan = device.linkinfo?.info_kind === "vxlan" ? device.linkinfo.info_data : undefined;
      hold("vxlan", vxlan && `${vxlan.id} ${vxlan.remote} ${vxlan.port}`, (d) =>
        d.vxlan ? `${d.vxlan.id} ${d.vxlan.remote} ${d.vxlan.port}` : undefined,
      );
    }
  for (const key of early.keys()) ledger.hold(`device ${key} is told`, true, told.has(key), told.has(key));
}

function compareRoutes(ledger: Ledger, both: Both<string>, record: WorldRecord): void {
  for (const [namespace, text] of record.each("routes")) {
    const routes = (snapshot: KernelSnapshot): string => {
      const nameOf = (ifindex: number | null): string | undefined =>
        snapshot.netDevices.find((device) => device.namespace === namespace && device.ifindex === ifindex)?.name;
      const own = snapshot.routes.filter((route) => route.namespace === namespace);
      return own.map((r) => `${r.destination} ${r.gateway} ${nameOf(r.device)} ${r.source}`).join("\n");
    };
    const told = (JSON.parse(text || "[]") as IpRoute[]).filter(({ type }) => type === undefined || type === "unicast");
    const lines = told.map((r) => `${r.dst} ${r.gateway ?? null} ${r.dev} ${r.prefsrc ?? null}`);
    const [early, late] = both(routes);
    ledger.hold(`routes of ${namespace}`, lines.join("\n"), early, late);
  }
}

function compareSockets(ledger: Ledger, both: Both<string>, record: WorldRecord): void {
  for (const [namespace, text] of record.each("sockets")) {
    const own = ({ sockets }: KernelSnapshot): string =>
      sockets
        .filter((socket) => socket.namespace === namespace)
        .map((s) => `${s.protocol} ${s.protocol === "unix" ? s.path : `${s.address}:${s.port}`} ${s.inode}`)
        .sort()
        .join("\n");
    const told = text.split("\n").flatMap((line) => {
      const words = line.split(/\s+/);
      const [kind = "", , , , local = ""] = words;
      const udp = /^\s*\d+: ([0-9A-F]{8}):([0-9A-F]{4}) 00000000:0000 07 .* (\d+) \d+ \w+ \d+\s*$/.exec(line);
      if (udp) return [`udp ${hexAddress(udp[1] ?? "")}:${Number.parseInt(udp[2] ?? "", 16)} ${udp[3]}`];
      if (kind === "u_str" || kind === "u_dgr") return [`unix ${local} ${words[5]}`];
      const inode = /ino:(\d+)/.exec(line)?.[1];
      return inode ? [`${kind} ${local.replace("*:", "0.0.0.0:").replace(/%\w+/, "")} ${inode}`] : [];
    });
    const [early, late] = both(own);
    ledger.hold(`sockets of ${namespace}`, told.sort().join("\n"), early, late);
  }
}

/** As /proc/net/udp prints the word in memory: the last byte first. */
const hexAddress = (hex: string): string =>
  [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(".");

function compareNamespaces(ledger: Ledger, both: Both<ReadonlyMap<number, Namespace>>, record: WorldRecord): void {
  const index = ({ namespaces }: KernelSnapshot): ReadonlyMap<number, Namespace> =>
    new Map(namespaces.map((namespace) => [namespace.inode, namespace]));
  const [early, late] = both(index);
  const hold = (inode: number, what: string, told: unknown, read: (namespace: Namespace) => unknown): void => {
    const [start, end] = [early.get(inode), late.get(inode)];
    ledger.hold(`namespace ${inode}: ${what}`, told, start && read(start), end && read(end));
  };
  for (const [inode, text] of record.each("uts"))
    hold(inode, "names", text.trim(), (n) => `${n.hostname}\n${n.domainname}`);
  for (const [inode, text] of record.each("time")) {
    const offsets = text
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).slice(1).map(Number));
    const ns = offsets.map(([seconds = 0, nanoseconds = 0]) => seconds * 1e9 + nanoseconds).join();
    hold(inode, "offsets", ns, (n) => `${n.timeOffsets?.monotonicNs},${n.timeOffsets?.boottimeNs}`);
  }
  for (const [inode, text] of record.each("ipc")) hold(inode, "IPC objects", ipcTold(text), ipcSeen);
  for (const [inode, fds] of fdsOfNamespaces(record)) {
    const seen = (n: Namespace): string =>
      n.keepers.fds
        .map(({ pid, fd }) => `${pid}/${fd}`)
        .sort()
        .join();
    // ls(1) itself is gone by the next snapshot and holds none.
    hold(inode, "held by descriptors", fds.sort().join(), seen);
  }
}

/** The three tables of /proc/sysvipc one after the other, told apart by their heads. */
function ipcTold(text: string): string {
  let table = "";
  const lines = text.split("\n").flatMap((line) => {
    const words = line.trim().split(/\s+/);
    if (words[0] === "key") {
      table = words[1] ?? "";
      return [];
    }
    const [key, id, mode, ...rest] = words.map(Number);
    if (words.length < 5) return [];
    const base = `${table} ${(key ?? 0) >>> 0} ${id} ${mode}`;
    // Four columns of owners: uid, gid, cuid, cgid.
    const owners = (from: number): string => rest.slice(from, from + 4).join(" ");
    if (table === "msqid") return [`${base} ${words[2] ? rest[0] : 0} ${rest[1]} ${owners(4)}`];
    if (table === "semid") return [`${base} ${rest[0]} ${owners(1)}`];
    return [`${base} ${rest[0]} ${rest[3]} ${owners(4)}`];
  });
  return lines.join("\n");
}

/** mode as the table prints it, in octal digits. */
function ipcSeen({ ipc }: Namespace): string {
  const base = (o: { key: number; id: number; mode: number }): string =>
    `${o.key} ${o.id} ${Number(o.mode.toString(8))}`;
  const owners = (o: { uid: number; gid: number; cuid: number; cgid: number }): string =>
    `${o.uid} ${o.gid} ${o.cuid} ${o.cgid}`;
  return [
    ...(ipc?.messageQueues ?? []).map((o) => `msqid ${base(o)} ${o.cbytes} ${o.qnum} ${owners(o)}`),
    ...(ipc?.semaphores ?? []).map((o) => `semid ${base(o)} ${o.nsems} ${owners(o)}`),
    ...(ipc?.sharedMemory ?? []).map((o) => `shmid ${base(o)} ${o.size} ${o.nattch} ${owners(o)}`),
  ].join("\n");
}

function fdsOfNamespaces(record: WorldRecord): ReadonlyMap<number, string[]> {
  const found = new Map<number, string[]>();
  let pid = "";
  for (const line of record.section("fds")) {
    pid = /^(\d+)\/fd:$/.exec(line)?.[1] ?? pid;
    const [, fd, inode] = / (\d+) -> \w+:\[(40265\d+)\]$/.exec(line) ?? [];
    if (inode && !/socket:|pipe:/.test(line))
      found.set(Number(inode), [...(found.get(Number(inode)) ?? []), `${pid}/${fd}`]);
  }
  return found;
}

function compareGroups(ledger: Ledger, before: KernelSnapshot, record: WorldRecord, after: KernelSnapshot): void {
  const late = new Map(after.cgroups.map((cgroup) => [cgroup.path, cgroup]));
  const files = new Map<string, string[]>();
  for (const line of record.section("groups")) {
    const [, path = "", file = "", text = ""] = /^\.(.*)\/([a-z.]+_?[a-z]*):(.*)$/.exec(line) ?? [];
    const key = `${path || "/"} ${file}`;
    files.set(key, [...(files.get(key) ?? []), text]);
  }
  for (const cgroup of before.cgroups) {
    const end = late.get(cgroup.path);
    if (!end) continue;
    const lines = (file: string): readonly string[] => files.get(`${cgroup.path} ${file}`) ?? [];
    const hold = (what: string, told: unknown, read: (cgroup: Cgroup) => unknown, slack = 0): void =>
      ledger.hold(`cgroup ${cgroup.path}: ${what}`, told, read(cgroup), read(end), slack);
    compareGroup(hold, lines, cgroup, end);
  }
}

const PRESSURE_KINDS = ["cpu", "memory", "io"] as const;
type PressureKind = (typeof PRESSURE_KINDS)[number];
type Hold = (what: string, told: unknown, read: (cgroup: Cgroup) => unknown, slack?: number) => void;

function compareGroup(hold: Hold, lines: (file: string) => readonly string[], cgroup: Cgroup, end: Cgroup): void {
  const keyed = (file: string, key: string): number | undefined => {
    const line = lines(file).find((candidate) => candidate.startsWith(`${key} `));
    return line === undefined ? undefined : Number(line.slice(key.length + 1));
  };
  const number = (file: string): number | undefined =>
    lines(file)[0] === undefined ? undefined : Number(lines(file)[0]);
  hold("cgroup.controllers", lines("cgroup.controllers")[0] ?? "", (c) => c.controllers.join(" "));
  hold("cgroup.subtree_control", lines("cgroup.subtree_control")[0] ?? "", (c) => c.subtreeControl.join(" "));
  if (cgroup.parent !== null) hold("cgroup.freeze", number("cgroup.freeze"), (c) => Number(c.freeze));
  if (cgroup.memory) {
    for (const key of ["low", "high", "max", "oom", "oom_kill", "oom_group_kill"] as const)
      hold(`memory.events.local ${key}`, keyed("memory.events.local", key), (c) => c.memory?.eventsLocal[key]);
    hold(
      "memory.events oom_group_kill",
      keyed("memory.events", "oom_group_kill"),
      (c) => c.memory?.events.oom_group_kill,
    );
    hold("memory.oom.group", number("memory.oom.group"), (c) => Number(c.memory?.oomGroup));
    const still = cgroup.cputime.usage_usec === end.cputime.usage_usec && cgroup.memory === end.memory;
    for (const key of Object.keys(cgroup.memory.stat) as (keyof CgroupMemoryStat)[]) {
      const told = keyed("memory.stat", key);
      const known = key === "file_mapped" ? mappedMeanwhile(told, cgroup.memory.stat) : told;
      if (still) hold(`memory.stat ${key}`, known, (c) => c.memory?.stat[key]);
    }
  }
  if (cgroup.cpu) {
    hold("cpu.max.burst", number("cpu.max.burst"), (c) => c.cpu?.max_burst_usec);
    hold("cpu.idle", number("cpu.idle"), (c) => Number(c.cpu?.idle));
    hold("cpu.stat nr_bursts", keyed("cpu.stat", "nr_bursts"), (c) => c.cpu?.nr_bursts);
    hold("cpu.stat burst_usec", keyed("cpu.stat", "burst_usec"), (c) => c.cpu?.burst_usec);
  }
  if (cgroup.pids) hold("pids.peak", number("pids.peak"), (c) => c.pids?.peak);
  compareIo(hold, lines);
  for (const kind of PRESSURE_KINDS) comparePressure(hold, lines, kind);
}

/**
 * The programs that read the files map pages of libraries that were charged to the group which touched them first: while they
 * run, any of its cached pages may be mapped that is not otherwise.
 */
function mappedMeanwhile(told: number | undefined, { file_mapped, file }: CgroupMemoryStat): number | undefined {
  return told !== undefined && told >= file_mapped && told <= file ? file_mapped : told;
}

const IO_KEYS = ["rbytes", "wbytes", "rios", "wios", "dbytes", "dios"] as const;
const MAX_KEYS = ["rbps", "wbps", "riops", "wiops"] as const;

function compareIo(hold: Hold, lines: (file: string) => readonly string[]): void {
  for (const line of lines("io.stat")) {
    const [device] = line.split(" ");
    for (const key of IO_KEYS) {
      // A device has no line before something was moved: writing back begins whenever it likes.
      const told = Number(new RegExp(`${key}=(\\d+)`).exec(line)?.[1] ?? 0);
      hold(`io.stat ${device} ${key}`, told, (c) => c.io?.devices.find((d) => d.device === device)?.[key] ?? 0);
    }
  }
  for (const line of lines("io.max")) {
    const [device] = line.split(" ");
    for (const key of MAX_KEYS) {
      const told = new RegExp(`${key}=(\\w+)`).exec(line)?.[1];
      hold(`io.max ${device} ${key}`, told, (c) => String(c.io?.devices.find((d) => d.device === device)?.max?.[key]));
    }
  }
}

/** Averages move each time that they are read: see introspect-pressure.test.ts. */
function comparePressure(hold: Hold, lines: (file: string) => readonly string[], kind: PressureKind): void {
  for (const line of lines(`${kind}.pressure`)) {
    const which = line.startsWith("some") ? "some" : "full";
    const total = Number(/total=(\d+)/.exec(line)?.[1]);
    hold(`${kind}.pressure ${which} total`, total, (c) => c.pressure?.[kind][which].total);
  }
}
