/**
 * docker's default seccomp profile for a container with the default capabilities, said by what it keeps out.
 *
 * Everything up to LAST_SYSCALL (Linux 6.1, arch/x86/entry/syscalls/syscall_32.tbl) is allowed except the names below,
 * which fail with EPERM; a syscall newer than the table fails with ENOSYS, so that a libc falls back to the older one.
 * The numbers are i386's, the only architecture of the guest.
 */

export const LAST_SYSCALL = 450;

/** name -> i386 number. */
export const DENIED: Readonly<Record<string, number>> = {
  // mounts and roots
  mount: 21,
  umount: 22,
  umount2: 52,
  pivot_root: 217,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  mount_setattr: 442,
  // new namespaces and other people's
  unshare: 310,
  setns: 346,
  sethostname: 74,
  setdomainname: 121,
  // the whole machine: time, kernel, modules, power, swap, log, accounting
  stime: 25,
  settimeofday: 79,
  clock_settime: 264,
  clock_settime64: 404,
  init_module: 128,
  delete_module: 129,
  finit_module: 350,
  kexec_load: 283,
  reboot: 88,
  swapon: 87,
  swapoff: 115,
  syslog: 103,
  acct: 51,
  quotactl: 131,
  quotactl_fd: 443,
  vhangup: 111,
  lookup_dcookie: 253,
  // kernel programs, tracing, keys: not namespaced
  bpf: 357,
  perf_event_open: 336,
  fanotify_init: 338,
  userfaultfd: 374,
  add_key: 286,
  request_key: 287,
  keyctl: 288,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  // other processes and files by handle
  kcmp: 349,
  pidfd_getfd: 438,
  process_madvise: 440,
  open_by_handle_at: 342,
  // memory policy
  mbind: 274,
  get_mempolicy: 275,
  set_mempolicy: 276,
  migrate_pages: 294,
  move_pages: 317,
  set_mempolicy_home_node: 450,
  // ports and modes of the processor
  ioperm: 101,
  iopl: 110,
  vm86old: 113,
  vm86: 166,
  arch_prctl: 384,
  // obsolete, or never made
  break: 17,
  oldstat: 18,
  oldfstat: 28,
  stty: 31,
  gtty: 32,
  nice: 34,
  ftime: 35,
  prof: 44,
  signal: 48,
  lock: 53,
  mpx: 56,
  ulimit: 58,
  oldolduname: 59,
  ustat: 62,
  sigaction: 67,
  sgetmask: 68,
  ssetmask: 69,
  sigsuspend: 72,
  sigpending: 73,
  oldlstat: 84,
  uselib: 86,
  readdir: 89,
  profil: 98,
  olduname: 109,
  idle: 112,
  create_module: 127,
  get_kernel_syms: 130,
  bdflush: 134,
  sysfs: 135,
  afs_syscall: 137,
  _sysctl: 149,
  query_module: 167,
  nfsservctl: 169,
  getpmsg: 188,
  putpmsg: 189,
  vserver: 273,
};

/** Answered with ENOSYS: clone(2) is the one whose flags a filter can read. */
export const CLONE3 = 435;
/** Allowed unless its flags (argument 0) ask for a new namespace. */
export const CLONE = 120;
export const NAMESPACE_FLAGS = 0x7e020000;
/** Allowed except for AF_VSOCK, which would reach the hypervisor. */
export const SOCKET = 359;
export const AF_VSOCK = 40;
/** Allowed for these values of argument 0: Linux, Linux with 16-bit uids, and "what is it now". */
export const PERSONALITY = 136;
export const PERSONALITIES: readonly number[] = [0x0, 0x0008, 0x20000, 0x20008, 0xffffffff];

/** capability bit (capabilities(7)) -> calls that a container which has it may make (moby profiles/seccomp). */
const CAPABILITY_CALLS: readonly (readonly [bit: number, names: string])[] = [
  [2, "open_by_handle_at"], // CAP_DAC_READ_SEARCH
  [16, "delete_module init_module finit_module"], // CAP_SYS_MODULE
  [17, "iopl ioperm"], // CAP_SYS_RAWIO
  [19, "kcmp pidfd_getfd process_madvise"], // CAP_SYS_PTRACE
  [20, "acct"], // CAP_SYS_PACCT
  [
    21, // CAP_SYS_ADMIN
    "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare",
  ],
  [22, "reboot"], // CAP_SYS_BOOT
  [23, "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"], // CAP_SYS_NICE
  [25, "settimeofday stime clock_settime clock_settime64"], // CAP_SYS_TIME
  [26, "vhangup"], // CAP_SYS_TTY_CONFIG
  [34, "syslog"], // CAP_SYSLOG
  [38, "perf_event_open"], // CAP_PERFMON
  [39, "bpf"], // CAP_BPF
];

const NUMBERS: Readonly<Record<string, number>> = { ...DENIED, clone: CLONE, clone3: CLONE3 };

/** Numbers of the calls that a bounding set lets through. */
export const allowedByCapabilities = (set: number): number[] =>
  CAPABILITY_CALLS.filter(([bit]) => Math.floor(set / 2 ** bit) % 2 === 1).flatMap(([, names]) =>
    names.split(" ").flatMap((name) => NUMBERS[name] ?? []),
  );
