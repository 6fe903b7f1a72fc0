/**
 * What the guest itself says of the rest of its world: mounts, devices, addresses, routes and sockets of each namespace, IPC
 * objects, all files of the cgroups, upper layers, and of processes what introspect-oracle.ts leaves out. One shell command, one
 * section a subject; findmnt, ip, ss, ipcs and lsns print what these files and calls say.
 */
import { gunzipSync } from "node:zlib";

const GROUP_FILES = [
  ...["memory.stat", "memory.events", "memory.events.local", "memory.oom.group", "memory.max", "memory.current"],
  ...["cpu.stat", "cpu.max", "cpu.max.burst", "cpu.idle", "io.stat", "io.max", "pids.peak"],
  ...["cpu.pressure", "memory.pressure", "io.pressure"],
  ...["cgroup.freeze", "cgroup.events", "cgroup.controllers", "cgroup.subtree_control"],
];

/**
 * `each TYPE COMMAND`: the command for one process ($pid) in every namespace of a type that has one, headed by `@ [INODE]`. Who is
 * where is listed once: a fork for each process and type would take minutes.
 */
const EACH = [
  "cd /proc; ls -l [0-9]*/ns 2>/dev/null | awk '",
  '  /^[0-9]+\\/ns:/ { split($1, a, "/"); pid = a[1] }',
  '  NF > 3 && $(NF - 1) == "->" && $(NF - 2) !~ /_for_/ && !seen[$NF]++ { print $(NF - 2), pid, $NF }',
  "' > /tmp/introspect/places",
  "each() {",
  "  while read -r type pid place; do",
  '    if [ $type = $1 ]; then echo "@ $place"; eval "$2" < /dev/null; fi',
  "  done < /tmp/introspect/places 2>/dev/null",
  "}",
].join("\n");

const SECTIONS: readonly (readonly [name: string, command: string])[] = [
  [
    "status",
    "cd /proc; grep -a -s -E '^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapBnd|CapAmb):' [0-9]*/status; grep -a -s '' [0-9]*/oom_score_adj",
  ],
  ["stat", "cd /proc; cat [0-9]*/stat 2>/dev/null"],
  ["threads", "cd /proc; grep -a -s -h '' [0-9]*/task/*/stat"],
  ["links", "cd /proc; ls -l [0-9]*/exe [0-9]*/cwd [0-9]*/root 2>/dev/null"],
  ["fds", "cd /proc; ls -l [0-9]*/fd 2>/dev/null"],
  ["mounts", `each mnt 'cat /proc/$pid/mountinfo'`],
  ["devices", `each net 'nsenter -t $pid -n ip -j -d -s address'`],
  [
    "netns",
    "for n in $(ip netns list | cut -d' ' -f1); do echo \"@ net:[$(stat -c %i -L /run/netns/$n)]\"; ip -n $n -j -d -s address; done",
  ],
  ["routes", `each net 'nsenter -t $pid -n ip -j route'`],
  ["nft", `each net 'nsenter -t $pid -n nft -j list ruleset'`],
  // ss(8) has no way to the kernel's UDP sockets without CONFIG_INET_UDP_DIAG: they are read from /proc.
  ["sockets", `each net 'nsenter -t $pid -n ss -H -lntxep; cat /proc/$pid/net/udp'`],
  ["ipc", `each ipc 'nsenter -t $pid -i cat /proc/sysvipc/msg /proc/sysvipc/sem /proc/sysvipc/shm'`],
  [
    "mqueue",
    `each ipc 'nsenter -t $pid -i unshare -m sh -c "mount -t mqueue none /mnt; ls /mnt | while read -r queue; do echo \\$queue; /tmp/introspect/helper m \\$queue; done"'`,
  ],
  [
    "qbytes",
    `each ipc 'nsenter -t $pid -i sh -c "tail -n +2 /proc/sysvipc/msg | while read -r key id rest; do ipcs -q -i \\$id; done"'`,
  ],
  ["lsns", "lsns -n -r -o NS,TYPE,NPROCS,PNS,ONS"],
  ["threadns", "cd /proc; ls -l [0-9]*/task/[0-9]*/ns/uts 2>/dev/null"],
  ["uts", `each uts 'nsenter -t $pid -u cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname'`],
  ["time", `each time 'cat /proc/$pid/timens_offsets'`],
  [
    "groups",
    `cd /sys/fs/cgroup; find . -type f '(' ${GROUP_FILES.map((name) => `-name ${name}`).join(" -o ")} ')' -exec grep -H -s '' {} +`,
  ],
  [
    "programs",
    "cd /sys/fs/cgroup; find . -type d | while read -r group; do echo $group $(/tmp/introspect/helper d $group); done",
  ],
  ["layers", "cd /var/lib/box/introspect/upper 2>/dev/null && find . -mindepth 1 -exec stat -c '%f %s %n' {} +"],
  ["lower", "cd /var/lib/box/introspect/lower 2>/dev/null && find . -mindepth 1 | cut -c3-"],
  [
    "opaque",
    "cd /var/lib/box/introspect/upper 2>/dev/null && find . -mindepth 1 -type d | cut -c3- | while read -r folder; do [ -z $(/tmp/introspect/helper o $folder) ] || echo $folder; done",
  ],
];

export const WORLD_FILE = "/tmp/introspect/world.gz";
export const WORLD_COMMAND = `${EACH}\n{ ${SECTIONS.map(([name, command]) => `echo '== ${name}'; ${command};`).join(" ")} } | gzip -c > ${WORLD_FILE}`;

export interface IpDevice {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly operstate: string;
  readonly mtu: number;
  readonly address?: string;
  readonly link_type: string;
  readonly link_index?: number;
  readonly link?: string;
  readonly master?: string;
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: Readonly<Record<string, unknown>> };
  readonly addr_info: readonly {
    readonly local: string;
    readonly prefixlen: number;
    readonly broadcast?: string;
    readonly label?: string;
  }[];
  readonly stats64: Readonly<
    Record<
      "rx" | "tx",
      { readonly bytes: number; readonly packets: number; readonly errors: number; readonly dropped: number }
    >
  >;
}

export interface IpRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly prefsrc?: string;
  readonly type?: string;
}

export interface WorldRecord {
  /** Lines of a section. */
  section(name: string): readonly string[];
  /** Of an `each` section: text by the inode of the namespace. */
  each(name: string): ReadonlyMap<number, string>;
}

export function parseWorld(packed: Uint8Array): WorldRecord {
  const sections = new Map<string, string>();
  for (const part of gunzipSync(packed).toString("utf8").split(/^== /m).slice(1)) {
    const end = part.indexOf("\n");
    sections.set(part.slice(0, end), part.slice(end + 1));
  }
  const section = (name: string): string[] => (sections.get(name) ?? "").split("\n").filter((line) => line !== "");
  return {
    section,
    each(name) {
      const parts = (sections.get(name) ?? "").split(/^@ /m).slice(1);
      return new Map(parts.map((part) => [Number(/\[(\d+)\]/.exec(part)?.[1]), part.slice(part.indexOf("\n") + 1)]));
    },
  };
}
