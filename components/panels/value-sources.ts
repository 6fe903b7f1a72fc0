import type { Mount } from "../../lib/protocol/kernel-mount.ts";
import type { NetDevice } from "../../lib/protocol/kernel-network.ts";
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
  "cgroup.events": "cgroup.freezer.nr_frozen_tasks, CGRP_FROZEN",
  "cgroup.controllers": "cgroup.subtree_control of the parent",
  "cgroup.subtree_control": "cgroup.subtree_control",
  "memory.min": "page_counter.min",
  "memory.low": "page_counter.low",
  "memory.stat": "mem_cgroup.vmstats->state",
  "cpu.weight": "task_group.shares",
  "io.stat": "blkcg_gq.iostat",
  "io.max": "throtl_grp.bps, iops",
  "cpu.pressure": "psi_group.avg[PSI_CPU]",
  "memory.pressure": "psi_group.avg[PSI_MEM]",
  "io.pressure": "psi_group.avg[PSI_IO]",
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

/** The user inside and outside, where the two differ. */
export function idsSource(task: Task, value: string): ValueSource {
  return { ...userSource(task, value), field: "task_struct.cred->uid, user_namespace.uid_map" };
}

const STATUS_FIELDS = {
  Gid: "task_struct.cred->gid, egid, sgid, fsgid",
  Seccomp: "task_struct.seccomp.mode",
  NoNewPrivs: "task_struct.atomic_flags, PFA_NO_NEW_PRIVS",
  CapEff: "task_struct.cred->cap_effective",
  CapPrm: "task_struct.cred->cap_permitted",
  CapBnd: "task_struct.cred->cap_bset",
  CapInh: "task_struct.cred->cap_inheritable",
  CapAmb: "task_struct.cred->cap_ambient",
} as const;

/** A line of /proc/PID/status. */
export function statusSource(task: Task, name: keyof typeof STATUS_FIELDS, value: string): ValueSource {
  const file = `/proc/${task.pid}/status`;
  return { name, value, field: STATUS_FIELDS[name], file, command: `grep ${name} ${file}` };
}

export function threadSource(task: Task, tid: number): ValueSource {
  return {
    name: "Tgid, Pid",
    value: `${task.pid} ${tid}`,
    field: "task_struct.signal->thread_head",
    file: `/proc/${task.pid}/task/${tid}/stat`,
    command: `ps -L -o pid,lwp,stat,comm -p ${task.pid}`,
  };
}

export function cpuSource(task: Task, value: string): ValueSource {
  return {
    name: "utime, stime",
    value,
    field: "task_struct.utime, stime, signal_struct.utime, stime",
    file: `/proc/${task.pid}/stat`,
    command: `ps -o pid,time,pcpu,comm -p ${task.pid}`,
  };
}

export function lsnsSource(type: NamespaceType, inode: number): ValueSource {
  return {
    name: type,
    value: `${type}:[${inode}]`,
    field: "ns_common.inum",
    file: null,
    command: `sudo lsns -t ${type}`,
  };
}

export function mountSource(pid: number, mount: Mount, name: string, value: string): ValueSource {
  const file = `/proc/${pid}/mountinfo`;
  return {
    name,
    value,
    field: "mount.mnt, mnt_mountpoint, mnt_sb, mnt_share",
    file,
    command: `grep '^${mount.id} ' ${file}`,
  };
}

export function deviceSource(pid: number, device: NetDevice, name: string, value: string, field: string): ValueSource {
  return {
    name,
    value,
    field: `net_device.${field}`,
    file: null,
    command: `sudo nsenter -t ${pid} -n ip -d -s address show ${shellQuote(device.name)}`,
  };
}

export function routeSource(pid: number, value: string): ValueSource {
  return {
    name: "route",
    value,
    field: "fib_table -> fib_info.fib_nh",
    file: `/proc/${pid}/net/route`,
    command: `sudo nsenter -t ${pid} -n ip route`,
  };
}

export function socketSource(pid: number, value: string): ValueSource {
  return {
    name: "listening",
    value,
    field: "inet_hashinfo.lhash2 -> sock.sk_num",
    file: `/proc/${pid}/net/tcp`,
    command: `sudo nsenter -t ${pid} -n ss -lntux`,
  };
}

export function natSource(value: string): ValueSource {
  return {
    name: "nat",
    value,
    field: "nft_table.chains -> nft_rule.data (nft_nat, nft_lookup, nft_masq)",
    file: null,
    command: "sudo nft list ruleset",
  };
}

export function overlaySource(pid: number, name: string, value: string): ValueSource {
  const file = `/proc/${pid}/mountinfo`;
  return {
    name,
    value,
    field: "super_block.s_fs_info -> ovl_fs.config, ovl_entry.lowerstack",
    file,
    command: `grep overlay ${file}`,
  };
}

export function ipcSource(pid: number, value: string): ValueSource {
  return {
    name: "sysvipc",
    value,
    field: "ipc_namespace.ids[]",
    file: "/proc/sysvipc",
    command: `sudo nsenter -t ${pid} -i ipcs`,
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
