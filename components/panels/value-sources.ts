import type { Cgroup, NamespaceType, Task } from "../../lib/protocol/kernel-snapshot.ts";
import type { ValueSource } from "../../lib/stores/selection-store.ts";

/** One entry a kind of value: the kernel field that introspection reads, and the guest's own way to the same figure. */

const CGROUP_FIELDS = {
  "memory.current": "mem_cgroup.memory.usage",
  "memory.peak": "mem_cgroup.memory.watermark",
  "memory.max": "mem_cgroup.memory.max",
  "memory.high": "mem_cgroup.memory.high",
  "memory.events": "mem_cgroup.memory_events",
  "cpu.stat": "cgroup.bstat, cfs_bandwidth.nr_throttled",
  "cpu.max": "task_group.cfs_bandwidth.quota",
  "pids.current": "pids_cgroup.counter",
  "pids.max": "pids_cgroup.limit",
  "pids.events": "pids_cgroup.events_limit",
  "cgroup.procs": "cgroup.cset_links",
} as const;

export type CgroupFile = keyof typeof CGROUP_FIELDS;

export function cgroupSource(cgroup: Cgroup, file: CgroupFile, value: string): ValueSource {
  const path = `/sys/fs/cgroup${cgroup.path === "/" ? "" : cgroup.path}/${file}`;
  return { name: file, value, field: CGROUP_FIELDS[file], file: path, command: `cat ${shellQuote(path)}` };
}

const PROXY_FIELDS: Readonly<Record<NamespaceType, string>> = {
  pid: "task_struct.thread_pid -> numbers[level].ns",
  mnt: "task_struct.nsproxy->mnt_ns",
  net: "task_struct.nsproxy->net_ns",
  uts: "task_struct.nsproxy->uts_ns",
  ipc: "task_struct.nsproxy->ipc_ns",
  user: "task_struct.cred->user_ns",
  cgroup: "task_struct.nsproxy->cgroup_ns",
  time: "task_struct.nsproxy->time_ns",
};

export function namespaceSource(pid: number, type: NamespaceType, inode: number | null): ValueSource {
  const file = `/proc/${pid}/ns/${type}`;
  return {
    name: type,
    value: inode === null ? "–" : `${type}:[${inode}]`,
    field: `${PROXY_FIELDS[type]} -> ns.inum`,
    file,
    command: `sudo readlink ${file}`,
  };
}

export function pidSource(task: Task): ValueSource {
  return {
    name: "NSpid",
    value: task.pids.join(" "),
    field: "task_struct.thread_pid -> numbers[].nr",
    file: `/proc/${task.pid}/status`,
    command: `grep NSpid /proc/${task.pid}/status`,
  };
}

export function stateSource(task: Task, value: string): ValueSource {
  return {
    name: "State",
    value,
    field: "task_struct.__state, exit_state",
    file: `/proc/${task.pid}/stat`,
    command: `ps -o pid,stat,comm -p ${task.pid}`,
  };
}

export function rssSource(task: Task, value: string): ValueSource {
  return {
    name: "VmRSS",
    value,
    field: "task_struct.mm->rss_stat",
    file: `/proc/${task.pid}/status`,
    command: `grep VmRSS /proc/${task.pid}/status`,
  };
}

export function userSource(task: Task, value: string): ValueSource {
  return {
    name: "Uid",
    value,
    field: "task_struct.cred->uid, euid",
    file: `/proc/${task.pid}/status`,
    command: `grep Uid /proc/${task.pid}/status`,
  };
}

export function uidMapSource(pid: number, value: string): ValueSource {
  return {
    name: "uid_map",
    value,
    field: "user_namespace.uid_map",
    file: `/proc/${pid}/uid_map`,
    command: `cat /proc/${pid}/uid_map`,
  };
}

export function hostnameSource(pid: number, value: string): ValueSource {
  return {
    name: "hostname",
    value,
    field: "uts_namespace.name.nodename",
    file: null,
    command: `sudo nsenter -t ${pid} -u hostname`,
  };
}

/** A cgroup's name is the guest's choice, and the command is typed into a shell: quote it, and drop what a line cannot hold. */
export function shellQuote(path: string): string {
  const printable = path.replace(/\p{C}/gu, "?");
  return /^[\w/.@:+-]+$/.test(printable) ? printable : `'${printable.replaceAll("'", "'\\''")}'`;
}
