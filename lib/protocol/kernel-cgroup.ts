/**
 * A cgroup with what its files say (Documentation/admin-guide/cgroup-v2.rst). Keys are spelled as in the files, sizes are bytes,
 * "max" is the kernel's word for no limit; a controller that is not enabled for the group is null.
 */

export type Limit = number | "max";

export interface CgroupMemory {
  readonly current: number;
  readonly peak: number;
  readonly min: Limit;
  readonly low: Limit;
  readonly high: Limit;
  readonly max: Limit;
  readonly events: {
    readonly low: number;
    readonly high: number;
    readonly max: number;
    readonly oom: number;
    readonly oom_kill: number;
    readonly oom_group_kill: number;
  };
  /** memory.events.local: of the group itself, without those below it. */
  readonly eventsLocal: CgroupMemory["events"];
  /** memory.oom.group */
  readonly oomGroup: boolean;
  readonly stat: CgroupMemoryStat;
}

/** memory.stat: what the memory is used for, in bytes; the last two count. */
export interface CgroupMemoryStat {
  readonly anon: number;
  readonly file: number;
  readonly kernel: number;
  readonly kernel_stack: number;
  readonly pagetables: number;
  readonly sock: number;
  readonly shmem: number;
  readonly file_mapped: number;
  readonly file_dirty: number;
  readonly file_writeback: number;
  readonly inactive_anon: number;
  readonly active_anon: number;
  readonly inactive_file: number;
  readonly active_file: number;
  readonly unevictable: number;
  readonly slab_reclaimable: number;
  readonly slab_unreclaimable: number;
  readonly pgfault: number;
  readonly pgmajfault: number;
}

/** The part of cpu.stat that every group has, the root and groups without the cpu controller included. */
export interface CgroupCputime {
  readonly usage_usec: number;
  readonly user_usec: number;
  readonly system_usec: number;
}

export interface CgroupCpu {
  readonly usage_usec: number;
  readonly weight: number;
  /** cpu.max: quota in microseconds a period, or "max". */
  readonly max: Limit;
  readonly period_usec: number;
  readonly nr_periods: number;
  readonly nr_throttled: number;
  readonly throttled_usec: number;
  /** cpu.stat nr_bursts and burst_usec; cpu.max.burst. */
  readonly nr_bursts: number;
  readonly burst_usec: number;
  readonly max_burst_usec: number;
  /** cpu.idle */
  readonly idle: boolean;
}

/** io.max of one device. */
export interface CgroupIoMax {
  readonly rbps: Limit;
  readonly wbps: Limit;
  readonly riops: Limit;
  readonly wiops: Limit;
}

/** A line of io.stat, with the device's line of io.max. */
export interface CgroupIoDevice {
  /** MAJOR:MINOR, e.g. "1:0". */
  readonly device: string;
  /** The disk's name, e.g. "ram0". */
  readonly name: string;
  readonly rbytes: number;
  readonly wbytes: number;
  readonly rios: number;
  readonly wios: number;
  readonly dbytes: number;
  readonly dios: number;
  /** Null where nothing is limited, as io.max then has no line. */
  readonly max: CgroupIoMax | null;
}

export interface CgroupIo {
  readonly devices: readonly CgroupIoDevice[];
}

/** One line of a pressure file: shares of time in percent, `total` in microseconds. */
export interface PressureLine {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly total: number;
}

export interface Pressure {
  readonly some: PressureLine;
  readonly full: PressureLine;
}

/** cpu.pressure, memory.pressure, io.pressure (Documentation/accounting/psi.rst). */
export interface CgroupPressure {
  readonly cpu: Pressure;
  readonly memory: Pressure;
  readonly io: Pressure;
}

export interface CgroupPids {
  readonly current: number;
  readonly max: Limit;
  /** pids.peak */
  readonly peak: number;
  /** pids.events: forks refused. */
  readonly events_max: number;
}

export interface Cgroup {
  /** Inode number of the directory; the root's is 1. */
  readonly id: number;
  readonly parent: number | null;
  readonly name: string;
  /** Path from the cgroup2 root, "/" for the root itself. */
  readonly path: string;
  /** Processes in the group itself. */
  readonly procs: number;
  /** Own freeze state as in cgroup.events `frozen`. */
  readonly frozen: boolean;
  readonly cputime: CgroupCputime;
  /** Each null where the controller is not enabled for the group. The root has no memory, cpu.max or pids figures. */
  readonly memory: CgroupMemory | null;
  readonly cpu: CgroupCpu | null;
  readonly pids: CgroupPids | null;
  readonly io: CgroupIo | null;
  /** Null where PSI is off for the group (cgroup.pressure). */
  readonly pressure: CgroupPressure | null;
  /** cgroup.freeze: asked for here; `frozen` is what came of it, ancestors included. */
  readonly freeze: boolean;
  /** cgroup.controllers and cgroup.subtree_control. */
  readonly controllers: readonly string[];
  readonly subtreeControl: readonly string[];
  /** BPF device programs attached to the group itself, and those in effect (inherited ones included). */
  readonly devicePrograms: { readonly attached: number; readonly effective: number };
}
