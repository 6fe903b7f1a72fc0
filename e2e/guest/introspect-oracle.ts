/**
 * What the guest itself says of its processes, namespaces and cgroups: one shell command whose output is read here.
 * It forks only to run its own four programs, so it disturbs little of what it describes, and needs no more than
 * busybox has.
 */
import { gunzipSync } from "node:zlib";

export interface ProcessRecord {
  readonly pid: number;
  /** Fields of /proc/PID/stat after the comm, from `state` (proc(5) field 3) on. */
  readonly stat: readonly string[];
  readonly comm: string;
  /** Lines of /proc/PID/status by key. */
  readonly status: ReadonlyMap<string, string>;
  /** /proc/PID/ns/TYPE, pid_for_children included. */
  readonly namespaces: ReadonlyMap<string, number>;
  readonly cgroup: string | null;
  readonly uidMap: readonly string[];
  readonly gidMap: readonly string[];
  readonly mountinfo: readonly string[];
}

export interface GuestRecord {
  readonly processes: ReadonlyMap<number, ProcessRecord>;
  /** By path from the cgroup2 root: file name -> its lines. `inode` is the directory's. */
  readonly cgroups: ReadonlyMap<
    string,
    { readonly inode: number; readonly files: ReadonlyMap<string, readonly string[]> }
  >;
  readonly forks: number;
  readonly uptimeSeconds: number;
}

const CGROUP_FILES = [
  ...["current", "peak", "min", "low", "high", "max", "events"].map((name) => `memory.${name}`),
  ...["cpu.stat", "cpu.max", "cpu.weight"],
  ...["pids.current", "pids.max", "pids.events"],
  ...["cgroup.events", "cgroup.procs", "cgroup.freeze"],
];

const STATUS_KEYS = "Uid|Gid|NSpid|VmRSS|Threads|CapEff|NoNewPrivs|Seccomp";

/** Sections that `parseRecord` takes apart, compressed: a few hundred processes fill a console for a minute else. */
const SECTIONS = [
  "cd /proc",
  "grep -a -s '' [0-9]*/stat [0-9]*/comm [0-9]*/cgroup [0-9]*/uid_map [0-9]*/gid_map [0-9]*/mountinfo",
  `grep -a -s -E '^(${STATUS_KEYS}):' [0-9]*/status`,
  "echo '== ns'",
  "ls -l [0-9]*/ns 2>/dev/null",
  "echo '== cgroups'",
  "cd /sys/fs/cgroup",
  "find . -type d -exec ls -di {} +",
  "echo '== files'",
  `find . -type f '(' ${CGROUP_FILES.map((name) => `-name ${name}`).join(" -o ")} ')' -exec grep -H -s '' {} +`,
  "echo '== forks'",
  "grep processes /proc/stat",
  "cat /proc/uptime",
];

export const RECORD_FILE = "/tmp/introspect/record.gz";
/** Leaves the record in RECORD_FILE. */
export const RECORD_COMMAND = `{ ${SECTIONS.join("; ")}; } | gzip -c > ${RECORD_FILE}`;

/** `packed` is what RECORD_FILE holds. */
export function parseRecord(packed: Uint8Array): GuestRecord {
  const text = gunzipSync(packed).toString("utf8");
  const [proc = "", ns = "", directories = "", files = "", tail = ""] = text.split(/^== \w+\n/m);
  const lines = new Map<number, Map<string, string[]>>();
  for (const [, pid, file, line] of proc.matchAll(/^(\d+)\/(\w+):(.*)$/gm)) {
    const ofPid = lines.get(Number(pid)) ?? new Map<string, string[]>();
    lines.set(Number(pid), ofPid);
    ofPid.set(file ?? "", [...(ofPid.get(file ?? "") ?? []), line ?? ""]);
  }
  const namespaces = parseNamespaces(ns);
  const processes = new Map<number, ProcessRecord>();
  for (const [pid, ofPid] of lines) {
    const record = parseProcess(pid, ofPid, namespaces.get(pid) ?? new Map());
    if (record) processes.set(pid, record);
  }
  const cgroups = new Map<string, { inode: number; files: Map<string, string[]> }>();
  for (const [, inode, path] of directories.matchAll(/^\s*(\d+) \.(.*)$/gm))
    cgroups.set(path || "/", { inode: Number(inode), files: new Map() });
  for (const [, path, file, line] of files.matchAll(/^\.(.*)\/([a-z.]+):(.*)$/gm)) {
    const ofGroup = cgroups.get(path || "/")?.files;
    ofGroup?.set(file ?? "", [...(ofGroup.get(file ?? "") ?? []), line ?? ""]);
  }
  return {
    processes,
    cgroups,
    forks: Number(/^processes (\d+)/m.exec(tail)?.[1]),
    uptimeSeconds: Number(/^([\d.]+) /m.exec(tail)?.[1]),
  };
}

/** Null where the process went while it was being read. */
function parseProcess(
  pid: number,
  lines: ReadonlyMap<string, readonly string[]>,
  namespaces: ReadonlyMap<string, number>,
): ProcessRecord | null {
  // A comm may hold any byte, line ends and brackets included: the last bracket ends it (proc(5)).
  const stat = (lines.get("stat") ?? []).join("\n");
  const status = lines.get("status");
  const comm = lines.get("comm");
  if (!stat || !status || !comm) return null;
  return {
    pid,
    stat: stat.slice(stat.lastIndexOf(")") + 2).split(" "),
    comm: comm.join("\n"),
    status: new Map(status.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()])),
    namespaces,
    cgroup: lines.get("cgroup")?.[0]?.replace(/^0::/, "") ?? null,
    uidMap: lines.get("uid_map") ?? [],
    gidMap: lines.get("gid_map") ?? [],
    mountinfo: lines.get("mountinfo") ?? [],
  };
}

function parseNamespaces(text: string): Map<number, Map<string, number>> {
  const found = new Map<number, Map<string, number>>();
  let current = new Map<string, number>();
  for (const line of text.split("\n")) {
    const pid = /^(\d+)\/ns:$/.exec(line)?.[1];
    if (pid) {
      current = new Map();
      found.set(Number(pid), current);
    }
    const link = /(\S+) -> \w+:\[(\d+)\]$/.exec(line);
    if (link) current.set(link[1] ?? "", Number(link[2]));
  }
  return found;
}
