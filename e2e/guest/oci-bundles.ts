/**
 * The bundles that go through both runtimes: what of the runtime-spec this kernel can do, by section, and what both have
 * to refuse. Paths below FOLDER are made by oci-crun.test.ts.
 */
import { ALL_NAMESPACES, type Bundle, type Config, FOLDER, type Json, MOUNTS, namespaces } from "./oci-bundle.ts";

const bundle = (name: string, config: Config): Bundle => ({ name, config });
const process = (name: string, config: Config): Bundle => bundle(name, { process: config });
const linux = (name: string, config: Config): Bundle => bundle(name, { linux: config });
const mounts = (name: string, ...more: readonly Json[]): Bundle =>
  bundle(name, {
    mounts: [...MOUNTS, ...more],
    process: { args: ["/bin/probe", "/given", "/given/file", "/given/mapped"] },
  });
const resources = (name: string, config: Config): Bundle => linux(name, { resources: config });
const seccomp = (name: string, config: Config, more: Config = {}): Bundle =>
  bundle(name, { process: more, linux: { seccomp: { architectures: ["SCMP_ARCH_X86"], ...config } } });
const joined = (...types: readonly string[]): Json => [
  ...ALL_NAMESPACES.filter((type) => !types.includes(type)).map((type) => ({ type })),
  ...types.map((type) => ({ type, path: `${FOLDER}/ns/${type}` })),
];
const bind = (options: readonly string[], destination = "/given", source = `${FOLDER}/source`): Json => ({
  destination,
  type: "bind",
  source,
  options,
});
const tmpfs = (...options: readonly string[]): Json => ({
  destination: "/given",
  type: "tmpfs",
  source: "tmpfs",
  options,
});

const NET_RAW = ["CAP_NET_RAW", "CAP_KILL"];
const ALL = { bounding: NET_RAW, effective: NET_RAW, permitted: NET_RAW, inheritable: NET_RAW, ambient: NET_RAW };
const NO_SETS = { bounding: null, effective: null, permitted: null };
const USER = { uid: 1000, gid: 1000 };

const PROCESS = [
  bundle("nothing special", {}),
  process("a folder to start in", { cwd: "/home" }),
  process("a folder that is not there yet", { cwd: "/new/deep" }),
  process("arguments and variables", { args: ["/bin/probe", "a b", ""], env: ["PATH=/bin", "HOME=/x", "A=1=2", "B="] }),
  process("a program of the path", { args: ["probe"], env: ["PATH=/nowhere:/bin", "HOME=/x"] }),
  process("no home given", { env: ["PATH=/bin"] }),
  process("no home given, another user", { env: ["PATH=/bin"], user: USER }),
  process("a user", { user: USER }),
  process("a user with groups", { user: { ...USER, additionalGids: [5, 1001, 7] } }),
  process("root with groups", { user: { uid: 0, gid: 0, additionalGids: [5] } }),
  process("a umask", { user: { uid: 0, gid: 0, umask: 0o077 } }),
  process("ambient capabilities of a user", { user: USER, capabilities: ALL }),
  process("inheritable capabilities of root", { capabilities: { ...ALL, ambient: [] } }),
  process("inheritable capabilities of a user", { user: USER, capabilities: { ...ALL, ambient: [] } }),
  process("no capabilities", { capabilities: { ...NO_SETS } }),
  process("no capabilities said at all", { capabilities: null }),
  process("a bounding set alone", { capabilities: { ...NO_SETS, bounding: NET_RAW } }),
  process("fewer effective than permitted", { capabilities: { effective: ["CAP_KILL"] } }),
  process("no new privileges", { noNewPrivileges: true }),
  process("no new privileges for a user", { noNewPrivileges: true, user: USER }),
  process("limits", {
    rlimits: [
      { type: "RLIMIT_NOFILE", soft: 100, hard: 200 },
      { type: "RLIMIT_CORE", soft: 0, hard: 0 },
      { type: "RLIMIT_NPROC", soft: 50, hard: 60 },
      { type: "RLIMIT_STACK", soft: 1048576, hard: 2097152 },
    ],
  }),
  process("a score for the OOM killer", { oomScoreAdj: 500 }),
  process("a lower score for the OOM killer", { oomScoreAdj: -500 }),
];

const NAMESPACES = [
  bundle("no hostname", { hostname: null }),
  bundle("a domain name", { domainname: "example.org" }),
  ...["cgroup", "network", "ipc", "pid"].map((type) =>
    linux(`the host's ${type} namespace`, {
      namespaces: namespaces(...ALL_NAMESPACES.filter((name) => name !== type)),
    }),
  ),
  bundle("the host's uts namespace", {
    hostname: null,
    linux: { namespaces: namespaces(...ALL_NAMESPACES.filter((name) => name !== "uts")) },
  }),
  bundle("nothing but mounts of its own", { hostname: null, linux: { namespaces: namespaces("mount") } }),
  linux("a time namespace", { namespaces: namespaces(...ALL_NAMESPACES, "time") }),
  linux("shifted clocks", {
    namespaces: namespaces(...ALL_NAMESPACES, "time"),
    timeOffsets: { monotonic: { secs: 1000 }, boottime: { secs: 5000, nanosecs: 7 } },
  }),
  linux("a network namespace by path", { namespaces: joined("network") }),
  linux("ipc and uts namespaces by path", { namespaces: joined("ipc", "uts") }),
  linux("a pid namespace by path", { namespaces: joined("pid") }),
  linux("ids mapped", {
    namespaces: namespaces(...ALL_NAMESPACES, "user"),
    uidMappings: [
      { containerID: 0, hostID: 0, size: 10 },
      { containerID: 1000, hostID: 5000, size: 1 },
    ],
    gidMappings: [
      { containerID: 0, hostID: 0, size: 10 },
      { containerID: 1000, hostID: 5000, size: 1 },
    ],
  }),
  bundle("ids mapped, a user of them", {
    process: { user: USER },
    linux: {
      namespaces: namespaces(...ALL_NAMESPACES, "user"),
      uidMappings: [{ containerID: 0, hostID: 0, size: 2000 }],
      gidMappings: [{ containerID: 0, hostID: 0, size: 2000 }],
    },
  }),
];

const ROOT = [
  bundle("a read-only root", { root: { path: "rootfs", readonly: true } }),
  ...["private", "slave", "unbindable"].map((word) => linux(`a root that is ${word}`, { rootfsPropagation: word })),
  linux("masked paths", { maskedPaths: ["/proc/kcore", "/proc/timer_list", "/sys/firmware", "/masked", "/no/such"] }),
  linux("read-only paths", { readonlyPaths: ["/proc/sys", "/proc/irq", "/proc/sysrq-trigger", "/masked", "/no/such"] }),
];

const MOUNTED = [
  mounts("a folder bound", bind(["bind"])),
  mounts("a folder bound with all below", bind(["rbind"])),
  mounts("a folder bound read-only", bind(["bind", "ro"])),
  mounts("a folder bound with all flags", bind(["rbind", "nosuid", "nodev", "noexec", "noatime"])),
  mounts("a folder bound, strictatime and nodiratime", bind(["bind", "strictatime", "nodiratime"])),
  mounts("a folder bound read-only with all below", bind(["rbind", "rro"])),
  mounts("a folder bound, recursive words", bind(["rbind", "rnosuid", "rnoexec", "rnodev"])),
  mounts("a file bound", bind(["bind", "ro"], "/given/deep/file", `${FOLDER}/source/file`)),
  mounts("a mount on a link", bind(["bind"], "/link/given")),
  mounts("a mount on a link that leads out", bind(["bind"], "/out/given")),
  mounts("shared", bind(["rbind", "rshared"])),
  mounts("a slave", bind(["rbind", "rslave"], "/given", `${FOLDER}/shared`)),
  mounts("private", bind(["rbind", "rprivate"])),
  mounts("unbindable", bind(["bind", "unbindable"])),
  mounts("tmpfs with data", tmpfs("size=1m", "mode=0700", "uid=5", "gid=6")),
  mounts("tmpfs with flags", tmpfs("nosuid", "nodev", "noexec", "relatime")),
  mounts("tmpfs read-only", tmpfs("ro", "size=64k")),
  mounts("tmpfs, later words win", tmpfs("ro", "noexec", "rw", "exec", "nosuid")),
  bundle("tmpfs with what was there", {
    mounts: [...MOUNTS, { ...(tmpfs("tmpcopyup") as Config), destination: "/full" }],
    process: { args: ["/bin/probe", "/full", "/full/file", "/full/link", "/full/folder/inner"] },
  }),
  mounts("a folder of a guarded mount", bind(["bind"], "/given", `${FOLDER}/guarded`)),
  mounts("ids of a folder mapped", {
    ...(bind(["bind", "idmap"]) as Config),
    uidMappings: [
      { containerID: 0, hostID: 0, size: 1 },
      { containerID: 1000, hostID: 7000, size: 1 },
    ],
    gidMappings: [
      { containerID: 0, hostID: 0, size: 1 },
      { containerID: 1000, hostID: 7000, size: 1 },
    ],
  }),
  mounts("proc with hidden processes", { destination: "/given", type: "proc", source: "proc", options: ["hidepid=2"] }),
  bundle("no /dev of its own", { mounts: MOUNTS.filter((_, i) => i === 0) }),
  bundle("a writable /sys", {
    mounts: [...MOUNTS.slice(0, 5), { destination: "/sys", type: "sysfs", source: "sysfs" }],
  }),
  bundle("a writable cgroup", {
    mounts: [...MOUNTS.slice(0, 6), { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" }],
  }),
];

const DEVICES = [
  linux("devices of its own", {
    devices: [
      { path: "/dev/own", type: "c", major: 1, minor: 5, fileMode: 0o640, uid: 3, gid: 4 },
      { path: "/dev/disk", type: "b", major: 1, minor: 0, fileMode: 0o600, uid: 0, gid: 0 },
      { path: "/dev/queue", type: "p", fileMode: 0o622, uid: 0, gid: 0 },
    ],
  }),
  resources("every device", { devices: [{ allow: true, access: "rwm" }] }),
  resources("one device more", {
    devices: [
      { allow: false, access: "rwm" },
      { allow: true, type: "c", major: 1, minor: 1, access: "r" },
    ],
  }),
  resources("a whole major number", {
    devices: [
      { allow: false, access: "rwm" },
      { allow: true, type: "c", major: 1, access: "rwm" },
    ],
  }),
];

const LIMITS = [
  resources("memory", { memory: { limit: 67108864, reservation: 33554432 } }),
  resources("processor time", { cpu: { quota: 20000, period: 50000, shares: 512 } }),
  resources("processor time saved up", { cpu: { quota: 20000, period: 50000, burst: 10000 } }),
  resources("processes", { pids: { limit: 33 } }),
  resources("disk", {
    blockIO: {
      throttleReadBpsDevice: [{ major: 1, minor: 0, rate: 1048576 }],
      throttleWriteIOPSDevice: [{ major: 1, minor: 0, rate: 100 }],
    },
  }),
  resources("files of the cgroup", { unified: { "memory.high": "50003968", "cpu.weight": "42", "pids.max": "17" } }),
  linux("a cgroup deep down", { cgroupsPath: "/oci-crun/one/two/three", resources: { pids: { limit: 9 } } }),
  linux("sysctls", {
    sysctl: {
      "kernel.shmmax": "4096000",
      "kernel.msgmax": "4096",
      "net.core.somaxconn": "77",
      "fs.mqueue.msg_max": "5",
    },
  }),
  linux("a personality", { personality: { domain: "LINUX32" } }),
  bundle("annotations", { annotations: { "org.example.key": "value" } }),
];

const ALLOW = { defaultAction: "SCMP_ACT_ALLOW" };
const rule = (names: readonly string[], action: string, more: Config = {}): Json => ({ names, action, ...more });
const argument = (index: number, op: string, value: number, valueTwo = 0): Json => ({ index, op, value, valueTwo });

const FILTERS = [
  seccomp("calls that fail", { ...ALLOW, syscalls: [rule(["mkdir", "socket", "no_such_call"], "SCMP_ACT_ERRNO")] }),
  seccomp("an errno of one's own", { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_ERRNO", { errnoRet: 38 })] }),
  ...[
    ["EQ", 2000000],
    ["NE", 2000000],
    ["LT", 2000001],
    ["GE", 2000001],
  ].map(([op, value]) =>
    seccomp(`an argument, ${op}`, {
      ...ALLOW,
      syscalls: [
        rule(["kill"], "SCMP_ACT_ERRNO", { errnoRet: 5, args: [argument(0, `SCMP_CMP_${op}`, Number(value))] }),
      ],
    }),
  ),
  seccomp("an argument, masked", {
    ...ALLOW,
    syscalls: [
      rule(["kill"], "SCMP_ACT_ERRNO", { errnoRet: 5, args: [argument(0, "SCMP_CMP_MASKED_EQ", 0xff, 0x80)] }),
    ],
  }),
  seccomp("two arguments", {
    ...ALLOW,
    syscalls: [
      rule(["socket"], "SCMP_ACT_ERRNO", { args: [argument(0, "SCMP_CMP_EQ", 40), argument(1, "SCMP_CMP_EQ", 1)] }),
    ],
  }),
  seccomp("a program that is killed", { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_KILL_PROCESS")] }),
  seccomp("a program that is trapped", { ...ALLOW, syscalls: [rule(["mkdir"], "SCMP_ACT_TRAP")] }),
  seccomp("calls that are logged", {
    ...ALLOW,
    flags: ["SECCOMP_FILTER_FLAG_LOG"],
    syscalls: [rule(["chmod"], "SCMP_ACT_LOG")],
  }),
  seccomp(
    "a filter for a user without new privileges",
    { ...ALLOW, syscalls: [rule(["access"], "SCMP_ACT_ERRNO", { errnoRet: 7 })] },
    {
      user: USER,
      noNewPrivileges: true,
    },
  ),
];

/** Both say no; what each says is not compared. */
export const REFUSED: readonly Bundle[] = [
  bundle("no root", { root: null }),
  bundle("a root that is not there", { root: { path: "nowhere" } }),
  process("no arguments", { args: [] }),
  process("a program that is not there", { args: ["/bin/nosuch"] }),
  process("a program that is none", { args: ["/etc/passwd"] }),
  process("a limit that is none", { rlimits: [{ type: "RLIMIT_BOGUS", soft: 1, hard: 1 }] }),
  linux("a namespace that is none", { namespaces: [{ type: "bogus" }, { type: "mount" }] }),
  linux("a namespace that is not there", { namespaces: [{ type: "mount" }, { type: "network", path: "/no/such" }] }),
  mounts("a source that is not there", bind(["bind"], "/given", "/no/such")),
  mounts("a file system that is none", { destination: "/given", type: "bogus", source: "bogus" }),
  linux("sysctls of the machine", { sysctl: { "kernel.panic": "5" } }),
  linux("a sysctl that is not there", { sysctl: { "net.bogus.thing": "1" } }),
  resources("a file of the cgroup that is not there", { unified: { "memory.bogus": "1" } }),
  seccomp("an action that is none", { defaultAction: "SCMP_ACT_BOGUS" }),
];

export const BUNDLES: readonly Bundle[] = [
  ...PROCESS,
  ...NAMESPACES,
  ...ROOT,
  ...MOUNTED,
  ...DEVICES,
  ...LIMITS,
  ...FILTERS,
];
