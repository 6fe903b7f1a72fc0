/**
 * What a hostile program in a container tries. Each act is a line of shell that exits 0 when it worked: it does in an open
 * container (OPEN), which proves the act, and does not in a default one, for the reason given. `lifts` takes guards away
 * one by one: the answer shows that it was this guard that held, and which one comes next.
 *
 * $PREY is a process of the host, $VICTIM one that may be killed; /h/helper is runtime-security-helper.c.
 */
export type Guard =
  | "namespace"
  | "seccomp"
  | "capability"
  | "mask"
  | "read-only mount"
  | "device program"
  | "cgroup"
  | "mount limit"
  | "no_new_privs";

export interface HostileAct {
  readonly name: string;
  readonly act: string;
  readonly stoppedBy: Guard;
  /** What the default container's attempt says. */
  readonly reason: RegExp;
  /** Flags of the container in which it is held back, where docker's default does not limit it. */
  readonly flags?: string;
  /** [flags, what then happens: "works" or the next guard's answer] */
  readonly lifts?: readonly (readonly [flags: string, then: "works" | RegExp])[];
  /** Exits 0 on the host when the act has left its mark there; undoes it too. */
  readonly evidence?: string;
}

export const OPEN = "--privileged --pid host --network host --ipc host --uts host --cgroupns host";

const NOT_PERMITTED = /EPERM|operation not permitted|permission denied/i;
const READ_ONLY = /Read-only file system/;
const NO_SUCH = /No such|can't open|nonexistent/;
const NO_SECCOMP = "--security-opt seccomp=unconfined";

/** seccomp says no; without it the capability is missing; with it, it works. */
const behindSeccomp = (capability: string): HostileAct["lifts"] => [
  [NO_SECCOMP, NOT_PERMITTED],
  [`${NO_SECCOMP} --cap-add ${capability}`, "works"],
];

const processes: readonly HostileAct[] = [
  {
    name: "read a file of the host",
    act: "grep treasure /proc/1/root/root/secret",
    stoppedBy: "namespace",
    reason: NO_SUCH,
    lifts: [["--pid host", /Permission denied/]],
  },
  {
    name: "see a process of the host",
    act: "grep -q 424242 /proc/$PREY/cmdline",
    stoppedBy: "namespace",
    reason: NO_SUCH,
    lifts: [["--pid host", "works"]],
  },
  {
    name: "read the environment of a process of the host",
    act: "cat /proc/$PREY/environ",
    stoppedBy: "namespace",
    reason: NO_SUCH,
    lifts: [
      ["--pid host", /Permission denied/],
      ["--pid host --cap-add ALL", "works"],
    ],
  },
  {
    name: "kill a process of the host",
    act: "kill -9 $VICTIM",
    stoppedBy: "namespace",
    reason: /No such process/,
    evidence: "! kill -0 $VICTIM 2>/dev/null || grep -q Z /proc/$VICTIM/stat",
  },
  {
    name: "trace a process of the host",
    act: "/h/helper attach $PREY",
    stoppedBy: "namespace",
    reason: /ESRCH/,
    lifts: [
      ["--pid host", /EPERM/],
      ["--pid host --cap-add SYS_PTRACE", "works"],
    ],
  },
  {
    name: "enter the host's namespaces",
    act: "nsenter -t 1 -m -u test -e /root/secret",
    stoppedBy: "seccomp",
    reason: /setns.*Operation not permitted/,
    lifts: [
      [NO_SECCOMP, /Operation not permitted/],
      ["--pid host", /Permission denied/],
    ],
  },
  {
    name: "make a user namespace, root of which may mount",
    act: "unshare -U -m true",
    stoppedBy: "seccomp",
    reason: NOT_PERMITTED,
    lifts: [[NO_SECCOMP, "works"]],
  },
  {
    name: "make a user namespace by clone3",
    act: "/h/helper new-user-namespace",
    stoppedBy: "seccomp",
    reason: /ENOSYS/,
    lifts: [[NO_SECCOMP, "works"]],
  },
  {
    name: "fork without end",
    act: "/h/helper fork-bomb 60",
    flags: "--pids-limit 20",
    stoppedBy: "cgroup",
    reason: /EAGAIN/,
    lifts: [["--pids-limit 100", "works"]],
  },
  {
    name: "fill the memory",
    act: "/h/helper eat-memory 24",
    flags: "-m 12m --memory-swap 12m",
    stoppedBy: "cgroup",
    reason: /^(?!ok)/,
    lifts: [["-m 40m", "works"]],
  },
  {
    name: "use a setuid program",
    act: "cp /h/helper /bin/as; chmod 4755 /bin/as; /h/helper become 1000 /bin/as become 0 id -u | grep -qx 0 || { echo still 1000; false; }",
    flags: "--security-opt no-new-privileges",
    stoppedBy: "no_new_privs",
    reason: /still 1000/,
    lifts: [["", "works"]],
  },
  {
    name: "raise a hard limit",
    act: "ulimit -Hn $(($(ulimit -Hn) + 1))",
    stoppedBy: "capability",
    reason: NOT_PERMITTED,
    lifts: [["--cap-add SYS_RESOURCE", "works"]],
  },
  {
    name: "be nicer to itself",
    act: "renice -n -5 -p $$ >/dev/null",
    stoppedBy: "capability",
    reason: NOT_PERMITTED,
    lifts: [["--cap-add SYS_NICE", "works"]],
  },
];

const files: readonly HostileAct[] = [
  {
    name: "mount",
    act: "mount -t tmpfs none /mnt 2>&1",
    stoppedBy: "seccomp",
    reason: NOT_PERMITTED,
    lifts: behindSeccomp("SYS_ADMIN"),
  },
  {
    name: "make /proc/sys writable",
    act: "mount -o remount,bind,rw /proc/sys 2>/dev/null; echo 61 > /proc/sys/vm/swappiness",
    stoppedBy: "read-only mount",
    reason: READ_ONLY,
    lifts: [
      [NO_SECCOMP, READ_ONLY],
      [`${NO_SECCOMP} --cap-add SYS_ADMIN`, "works"],
    ],
    evidence: "grep -qx 61 /proc/sys/vm/swappiness && echo 60 > /proc/sys/vm/swappiness",
  },
  {
    name: "look below a mask",
    act: "umount /proc/interrupts; grep -q CPU0 /proc/interrupts || { echo empty; false; }",
    stoppedBy: "mask",
    reason: /empty/,
    lifts: [
      [NO_SECCOMP, /empty/],
      [`${NO_SECCOMP} --cap-add SYS_ADMIN`, "works"],
    ],
  },
  {
    name: "change a sysctl of the machine",
    act: "echo 21 > /proc/sys/vm/dirty_ratio",
    stoppedBy: "read-only mount",
    reason: READ_ONLY,
    lifts: [["--cap-add ALL", READ_ONLY]],
    evidence: "grep -qx 21 /proc/sys/vm/dirty_ratio && echo 20 > /proc/sys/vm/dirty_ratio",
  },
  {
    name: "name the program that the kernel runs as root",
    act: "echo /tmp/mine > /proc/sys/kernel/poweroff_cmd",
    stoppedBy: "read-only mount",
    reason: READ_ONLY,
    evidence: "grep -qx /tmp/mine /proc/sys/kernel/poweroff_cmd && echo /sbin/poweroff > /proc/sys/kernel/poweroff_cmd",
  },
  {
    name: "press a magic SysRq key",
    act: "echo h > /proc/sysrq-trigger",
    stoppedBy: "read-only mount",
    reason: READ_ONLY,
    evidence: "dmesg | grep -q 'sysrq: HELP'",
  },
  {
    name: "tune the host's disk",
    act: "cd /sys/block/ram0/queue; cat read_ahead_kb > read_ahead_kb",
    stoppedBy: "read-only mount",
    reason: READ_ONLY,
    lifts: [["--cap-add ALL", READ_ONLY]],
  },
  {
    name: "raise its own limit",
    act: "echo 30000 > /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/pids.max",
    stoppedBy: "read-only mount",
    reason: READ_ONLY,
  },
  {
    name: "leave its cgroup by a mount of its own",
    act: "mkdir -p /cg; mount -t cgroup2 none /cg && echo $$ > /cg/cgroup.procs && grep -qx 0::/ /proc/$$/cgroup",
    stoppedBy: "seccomp",
    reason: NOT_PERMITTED,
    lifts: [[NO_SECCOMP, NOT_PERMITTED]],
  },
  {
    name: "fill a file system of the host",
    act: "dd if=/dev/zero of=/proc/1/root/run/box/fill bs=1M count=8",
    stoppedBy: "namespace",
    reason: NO_SUCH,
    evidence: "test $(stat -c %s /run/box/fill) = 8388608 && rm /run/box/fill",
  },
  {
    name: "fill /dev/shm, which is the machine's memory",
    act: "dd if=/dev/zero of=/dev/shm/fill bs=64k count=20",
    flags: "--shm-size 1m",
    stoppedBy: "mount limit",
    reason: /No space left/,
    lifts: [["--shm-size 2m", "works"]],
  },
  {
    name: "open a file by its number, outside of its volume (shocker)",
    act: "/h/helper open-disk-root /volume test -e lost+found",
    flags: "-v /var/lib/box/volume:/volume",
    stoppedBy: "seccomp",
    reason: /EPERM/,
    lifts: [
      [`-v /var/lib/box/volume:/volume ${NO_SECCOMP}`, /EPERM/],
      [`-v /var/lib/box/volume:/volume ${NO_SECCOMP} --cap-add DAC_READ_SEARCH`, "works"],
    ],
  },
];

const devices: readonly HostileAct[] = [
  {
    name: "read the host's disk through a node of its own",
    act: "mknod /disk b 1 0; head -c 4096 /disk >/dev/null",
    stoppedBy: "device program",
    reason: NOT_PERMITTED,
    lifts: [["--cap-add ALL", NOT_PERMITTED]],
  },
  {
    name: "write to the kernel's log",
    act: "mknod /kmsg c 1 11; echo from a container > /kmsg",
    stoppedBy: "device program",
    reason: NOT_PERMITTED,
    evidence: "dmesg | grep -q 'from a container'",
  },
  {
    name: "open the machine's I/O ports",
    act: "mknod /port c 1 4; dd if=/port bs=1 count=1 skip=112 2>&1 >/dev/null",
    stoppedBy: "device program",
    reason: NOT_PERMITTED,
  },
  {
    name: "type into the host's terminal",
    act: "mknod /hvc0 c 229 0; /h/helper type-into /hvc0 ' '",
    stoppedBy: "device program",
    reason: /EPERM/,
    lifts: [["--cap-add ALL", /EPERM/]],
  },
];

const machine: readonly HostileAct[] = [
  {
    name: "load a program into the kernel",
    act: "/h/helper load-program",
    stoppedBy: "seccomp",
    reason: /EPERM/,
    lifts: behindSeccomp("SYS_ADMIN"),
  },
  {
    name: "watch the whole machine (perf)",
    act: "/h/helper watch-machine",
    stoppedBy: "seccomp",
    reason: /EPERM/,
    lifts: [
      [NO_SECCOMP, /EACCES/],
      [`${NO_SECCOMP} --cap-add PERFMON`, "works"],
    ],
  },
  {
    name: "set the clock",
    act: "/h/helper set-clock",
    stoppedBy: "seccomp",
    reason: /EPERM/,
    lifts: behindSeccomp("SYS_TIME"),
  },
  {
    name: "tell the machine what its reset keys do",
    act: "/h/helper forbid-keys",
    stoppedBy: "seccomp",
    reason: /EPERM/,
    lifts: [[NO_SECCOMP, /EPERM/]],
  },
  {
    name: "rename the machine",
    act: "hostname evil",
    stoppedBy: "seccomp",
    reason: NOT_PERMITTED,
    lifts: behindSeccomp("SYS_ADMIN"),
    evidence: "test $(hostname) = evil && hostname host",
  },
  {
    name: "read the kernel's log",
    act: "dmesg >/dev/null",
    stoppedBy: "seccomp",
    reason: NOT_PERMITTED,
    lifts: [[NO_SECCOMP, "works"]],
  },
  {
    name: "make all its memory executable",
    act: "/h/helper change-personality",
    stoppedBy: "seccomp",
    reason: /EPERM/,
    lifts: [[NO_SECCOMP, "works"]],
  },
  {
    name: "listen in on a network of the host",
    act: "/h/helper sniff spied",
    stoppedBy: "namespace",
    reason: /ENODEV/,
    lifts: [["--network host", "works"]],
  },
  {
    name: "bring a device of the network up",
    act: "ip link set lo mtu 60000",
    stoppedBy: "capability",
    reason: NOT_PERMITTED,
    lifts: [["--cap-add NET_ADMIN", "works"]],
    evidence: "test $(cat /sys/class/net/lo/mtu) = 60000 && ip link set lo mtu 65536",
  },
  {
    name: "talk to an abstract socket of the host",
    act: "/h/helper connect glass",
    stoppedBy: "namespace",
    reason: /ECONNREFUSED/,
    lifts: [["--network host", "works"]],
  },
  {
    name: "read shared memory of the host",
    act: "/h/helper open-shm 4242",
    stoppedBy: "namespace",
    reason: /ENOENT/,
    lifts: [["--ipc host", "works"]],
  },
];

export const HOSTILE_ACTS: readonly HostileAct[] = [...processes, ...files, ...devices, ...machine];
