/**
 * Situations that a kernel can be in, each made by shell commands and known to be reached when introspection says so.
 * `hold NAME` is a shell that takes the name as its comm and waits; `helper MODE` is introspect-helper.c.
 */
import type { Cgroup, KernelSnapshot, Namespace, Task } from "../../lib/protocol/kernel-snapshot.ts";

export interface Situation {
  readonly name: string;
  readonly command: string;
  /** Whether the snapshot shows it. */
  readonly reached: (snapshot: KernelSnapshot) => boolean;
}

export const GROUPS = "/sys/fs/cgroup";

/** Once, before the situations: the fifo that `hold` waits on, the controllers. */
export const PREPARE = [
  "mkdir -p /tmp/introspect",
  "cd /tmp/introspect",
  "mkfifo never",
  `printf '#!/bin/sh\\nprintf "%%s" "$1" > /proc/self/comm\\nread x < /tmp/introspect/never\\n' > hold`,
  "chmod +x hold",
  `echo '+memory +cpu +pids +io' > ${GROUPS}/cgroup.subtree_control`,
].join(" && ");

/** Runs in the background, detached from the shell that was asked. */
export const background = (command: string): string =>
  `( cd /tmp/introspect; ${command} ) >/dev/null 2>&1 </dev/null &`;
export const hold = (name: string, before = ""): string => background(`exec ${before} ./hold ${name}`);
export const inGroup = (group: string, command: string): string =>
  background(`exec sh -c 'echo 0 > ${GROUPS}/${group}/cgroup.procs; ${command}'`);

export const named = (snapshot: KernelSnapshot, comm: string): Task | undefined =>
  snapshot.tasks.find((task) => task.comm === comm);
export const group = (snapshot: KernelSnapshot, path: string): Cgroup | undefined =>
  snapshot.cgroups.find((cgroup) => cgroup.path === path);
export const namespaceOf = (snapshot: KernelSnapshot, comm: string, type: Namespace["type"]): Namespace | undefined =>
  snapshot.namespaces.find(({ inode }) => inode === named(snapshot, comm)?.namespaces[type]);
const apart = (snapshot: KernelSnapshot, comm: string, ...types: Namespace["type"][]): boolean => {
  const [own, host] = [named(snapshot, comm), snapshot.tasks.find((task) => task.pid === 1)];
  return own !== undefined && types.every((type) => own.namespaces[type] !== host?.namespaces[type]);
};

const NAMESPACES: readonly Situation[] = [
  { name: "a process as any", command: hold("plain"), reached: (s) => named(s, "plain")?.state === "S" },
  {
    name: "a PID namespace in a PID namespace",
    command: hold("nested", "unshare -p -f -m unshare -p -f"),
    reached: (s) => named(s, "nested")?.pids.length === 3 && named(s, "nested")?.pids[2] === 1,
  },
  {
    name: "a hostname of its own",
    command: background("exec unshare -u sh -c 'hostname inner-host; exec ./hold renamed'"),
    reached: (s) => namespaceOf(s, "renamed", "uts")?.hostname === "inner-host",
  },
  {
    name: "network and IPC namespaces",
    command: hold("net-ipc", "unshare -n -i"),
    reached: (s) => apart(s, "net-ipc", "net", "ipc"),
  },
  {
    name: "a time namespace",
    command: hold("in-timens", "unshare -T -f"),
    reached: (s) => apart(s, "in-timens", "time"),
  },
  {
    name: "a user namespace that maps root",
    command: hold("user-root", "unshare -U -r"),
    reached: (s) => namespaceOf(s, "user-root", "user")?.uidMap?.length === 1 && named(s, "user-root") !== undefined,
  },
  {
    name: "a user namespace with seven extents",
    command: background(
      [
        "unshare -U ./hold user-map & pid=$!",
        "until [ $(readlink /proc/$pid/ns/user) != $(readlink /proc/self/ns/user) ]; do :; done",
        // The kernel takes a map in one write(2) only.
        "printf '0 100000 10\\n20 200000 5\\n30 300000 1\\n40 400000 1\\n50 500000 1\\n60 600000 1\\n70 700000 3\\n' > map",
        "cat map > /proc/$pid/uid_map",
        "echo '0 1000 1' > /proc/$pid/gid_map",
      ].join("\n"),
    ),
    reached: (s) =>
      namespaceOf(s, "user-map", "user")?.uidMap?.length === 7 &&
      namespaceOf(s, "user-map", "user")?.gidMap?.length === 1,
  },
  {
    name: "a user namespace in a user namespace, with all that it owns",
    command: hold("user-nested", "unshare -U -r unshare -U -r -u -n -i -m -p -f"),
    reached: (s) => namespaceOf(s, "user-nested", "user")?.level === 2 && named(s, "user-nested")?.pids.length === 2,
  },
];

const PROCESSES: readonly Situation[] = [
  {
    name: "a zombie",
    command: background(
      "./helper g & exec sh -c 'sh -c \"printf %s dead > /proc/self/comm; kill -9 \\$\\$\" & exec ./helper g'",
    ),
    reached: (s) => s.tasks.some((task) => task.comm === "dead" && task.state === "Z" && task.exitCode === 9),
  },
  {
    name: "an orphan that init took in",
    command: background("./hold orphan & exit 0"),
    reached: (s) => named(s, "orphan")?.ppid === 1,
  },
  {
    name: "a process with four threads",
    command: background("cp helper threads; exec ./threads t"),
    reached: (s) => named(s, "threads")?.threads === 4,
  },
  {
    name: "threads whose leader has exited",
    command: background("cp helper leaderless; exec ./leaderless z"),
    reached: (s) => named(s, "leaderless")?.threads === 4 && named(s, "leaderless")?.state === "Z",
  },
  {
    name: "a namespace that only a thread is in",
    command: background("cp helper thread-uts; exec ./thread-uts u"),
    reached: (s) =>
      named(s, "thread-uts")?.threads === 2 &&
      s.namespaces.some(({ type, inode }) => type === "uts" && s.tasks.every((task) => task.namespaces.uts !== inode)),
  },
  {
    name: "a stopped process",
    command: background("./hold stopped & until grep -q stopped /proc/$!/comm; do :; done; kill -STOP $!"),
    reached: (s) => named(s, "stopped")?.state === "T",
  },
  {
    name: "seccomp in strict mode",
    command: background("cp helper strict; exec ./strict s <> never"),
    reached: (s) => named(s, "strict")?.seccomp === 1,
  },
  {
    name: "a seccomp filter and no_new_privs",
    command: background("cp helper filtered; exec ./filtered f"),
    reached: (s) => named(s, "filtered")?.seccomp === 2 && named(s, "filtered")?.noNewPrivs === true,
  },
  {
    name: "an effective user who is not the real one",
    command: background("cp helper mixed-ids; exec ./mixed-ids e"),
    reached: (s) => named(s, "mixed-ids")?.euid === 1000 && named(s, "mixed-ids")?.capEff === "0000000000000000",
  },
  {
    name: "a name with a bracket, a blank and an escape sequence",
    command: background("exec ./hold \"$(printf 'a) \\033[31m(b')\""),
    reached: (s) => named(s, "a) \u001b[31m(b") !== undefined,
  },
  {
    name: "a name in Hangul, cut off at 15 bytes",
    command: hold("한글이름입니다"),
    reached: (s) => named(s, "한글이름입") !== undefined,
  },
];

const CGROUPS: readonly Situation[] = [
  {
    name: "groups in groups with every limit",
    command: [
      `cd ${GROUPS}`,
      "mkdir -p t-limits/inner t-limits/plain",
      "echo 100M > t-limits/memory.max",
      "echo 80M > t-limits/memory.high",
      "echo 2M > t-limits/memory.low",
      "echo 1M > t-limits/memory.min",
      "echo 20 > t-limits/pids.max",
      "echo '50000 200000' > t-limits/cpu.max",
      "echo 300 > t-limits/cpu.weight",
      "echo '+memory +pids' > t-limits/cgroup.subtree_control",
      inGroup("t-limits/inner", "exec /tmp/introspect/hold limited"),
    ].join("\n"),
    reached: (s) => {
      const { memory, cpu, pids } = group(s, "/t-limits") ?? {};
      const all = memory?.max === 100 * 2 ** 20 && memory.high === 80 * 2 ** 20 && memory.low === 2 * 2 ** 20;
      const rest = cpu?.max === 50_000 && cpu.weight === 300 && pids?.max === 20 && memory?.min === 2 ** 20;
      return all && rest && group(s, "/t-limits/inner")?.procs === 1 && group(s, "/t-limits/inner")?.cpu === null;
    },
  },
  {
    name: "a throttled group",
    command: [
      `mkdir ${GROUPS}/t-throttled`,
      `echo '20000 100000' > ${GROUPS}/t-throttled/cpu.max`,
      inGroup("t-throttled", "while :; do :; done"),
    ].join("\n"),
    reached: (s) => (group(s, "/t-throttled")?.cpu?.nr_throttled ?? 0) >= 5,
  },
  {
    name: "a frozen group",
    command: [
      `mkdir ${GROUPS}/t-frozen`,
      inGroup("t-frozen", "while :; do :; done"),
      `until [ -n "$(cat ${GROUPS}/t-frozen/cgroup.procs)" ]; do :; done`,
      `echo 1 > ${GROUPS}/t-frozen/cgroup.freeze`,
      `echo max > ${GROUPS}/t-throttled/cpu.max`,
      `for p in $(cat ${GROUPS}/t-throttled/cgroup.procs); do kill -9 $p; done`,
    ].join("\n"),
    reached: (s) => group(s, "/t-frozen")?.frozen === true,
  },
  {
    name: "an OOM kill",
    command: [
      `mkdir ${GROUPS}/t-oom`,
      `echo 8M > ${GROUPS}/t-oom/memory.max`,
      inGroup("t-oom", "exec dd if=/dev/zero of=/dev/null bs=30M count=1"),
    ].join("\n"),
    reached: (s) => group(s, "/t-oom")?.memory?.events.oom_kill === 1 && group(s, "/t-oom")?.procs === 0,
  },
  {
    name: "forks refused by pids.max",
    command: [
      `mkdir ${GROUPS}/t-pids`,
      `echo 3 > ${GROUPS}/t-pids/pids.max`,
      inGroup("t-pids", "sleep 900 & sleep 900 & sleep 900 & sleep 900"),
    ].join("\n"),
    reached: (s) => (group(s, "/t-pids")?.pids?.events_max ?? 0) >= 1,
  },
  {
    name: "a process moved into another group",
    command: [`mkdir ${GROUPS}/t-moved`, background(`./hold moved & echo $! > ${GROUPS}/t-moved/cgroup.procs`)].join(
      "\n",
    ),
    reached: (s) => named(s, "moved")?.cgroup === group(s, "/t-moved")?.id && group(s, "/t-moved")?.procs === 1,
  },
  {
    name: "a zombie whose group is gone",
    command: [
      `mkdir ${GROUPS}/t-gone`,
      inGroup("t-gone", `sh -c "printf %s ghost > /proc/self/comm; kill -9 \\$\\$" & exec /tmp/introspect/helper g`),
      "until grep -q -s '(ghost) Z' /proc/[0-9]*/stat; do :; done",
      `for p in $(cat ${GROUPS}/t-gone/cgroup.procs); do echo $p > ${GROUPS}/cgroup.procs; done`,
      `rmdir ${GROUPS}/t-gone`,
    ].join("\n"),
    reached: (s) => {
      const ghost = named(s, "ghost");
      return ghost?.state === "Z" && s.cgroups.every(({ id, path }) => id !== ghost.cgroup && path !== "/t-gone");
    },
  },
  {
    name: "a cgroup namespace",
    command: inGroup("t-moved", "exec unshare -C /tmp/introspect/hold in-cgroupns"),
    reached: (s) => apart(s, "in-cgroupns", "cgroup"),
  },
  {
    name: "300 processes",
    command: background("i=0; while [ $i -lt 300 ]; do sleep 900 & i=$((i+1)); done"),
    reached: (s) => s.tasks.filter((task) => task.comm === "sleep").length >= 300,
  },
];

export const SITUATIONS: readonly Situation[] = [...NAMESPACES, ...PROCESSES, ...CGROUPS];
