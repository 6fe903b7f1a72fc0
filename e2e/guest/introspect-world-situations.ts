/** Situations of mounts, layers, networks, IPC, what keeps namespaces alive, and controllers, each made by shell commands. */
import type { NetDevice } from "../../lib/protocol/kernel-network.ts";
import type { KernelSnapshot, Namespace } from "../../lib/protocol/kernel-snapshot.ts";
import {
  background,
  GROUPS,
  group,
  hold,
  inGroup,
  named,
  namespaceOf,
  type Situation,
} from "./introspect-situations.ts";

const LAB = "/var/lib/box/introspect";

/** Namespaces that no process is in. */
const deserted = (snapshot: KernelSnapshot, type: Namespace["type"]): readonly Namespace[] =>
  snapshot.namespaces.filter((namespace) => namespace.type === type && !namespace.keepers.inhabited);
const mountAt = (snapshot: KernelSnapshot, path: string) =>
  snapshot.mounts.find(({ mountPoint }) => mountPoint === path);
const layer = (snapshot: KernelSnapshot, path: string) =>
  snapshot.overlays.find(({ upperdir }) => upperdir === `${LAB}/upper`)?.upper.find((entry) => entry.path === path);
const device = (snapshot: KernelSnapshot, name: string): NetDevice | undefined =>
  snapshot.netDevices.find((candidate) => candidate.name === name);
/** The kernel's link watch says so up to a second after the carrier is there, and bridges follow their ports. */
const isUp = (snapshot: KernelSnapshot, name: string): boolean => device(snapshot, name)?.operstate === "UP";

const KEPT: readonly Situation[] = [
  {
    name: "a namespace held only by a bind mount",
    command: "touch /tmp/introspect/kept; unshare --uts=/tmp/introspect/kept hostname nobody-here",
    reached: (s) => deserted(s, "uts").some(({ keepers }) => keepers.mounts[0]?.mountPoint === "/tmp/introspect/kept"),
  },
  {
    name: "a namespace held only by an open descriptor",
    command: background(
      "mkfifo ready; unshare -i sh -c 'echo $$ > ready; read x < never' & read pid < ready; exec 5< /proc/$pid/ns/ipc; kill -9 $pid; exec ./hold holder",
    ),
    reached: (s) => deserted(s, "ipc").some(({ keepers }) => keepers.fds[0]?.pid === named(s, "holder")?.pid),
  },
  {
    name: "a namespace for children to come",
    command: background("exec unshare --pid ./hold pid-to-come"),
    reached: (s) => {
      const own = named(s, "pid-to-come");
      return s.namespaces.some(
        ({ inode, keepers }) => inode === own?.pidForChildren && keepers.forChildren.includes(own.pid),
      );
    },
  },
  {
    name: "a namespace that only a thread keeps",
    command: background("cp helper keeper; exec ./keeper u"),
    reached: (s) => deserted(s, "uts").some(({ keepers }) => keepers.threads[0]?.pid === named(s, "keeper")?.pid),
  },
  {
    name: "a time namespace with offsets, a domain name",
    command: background(
      "exec unshare -T --monotonic 1000 --boottime 5000 -u -f sh -c 'echo inner.example > /proc/sys/kernel/domainname; exec ./hold shifted'",
    ),
    reached: (s) =>
      namespaceOf(s, "shifted", "time")?.timeOffsets?.monotonicNs === 1_000e9 &&
      namespaceOf(s, "shifted", "uts")?.domainname === "inner.example",
  },
  {
    name: "System V and POSIX IPC objects in their own namespace",
    command: background(
      "exec unshare -i sh -c 'ipcmk -Q; ipcmk -M 8192 -p 600; ipcmk -S 3; ipcmk -S 1; ./helper q & exec ./hold with-ipc'",
    ),
    reached: (s) => {
      const ipc = namespaceOf(s, "with-ipc", "ipc")?.ipc;
      const all = ipc?.messageQueues.length === 1 && ipc.semaphores.length === 2 && ipc.sharedMemory[0]?.size === 8192;
      return all && ipc.posixQueues[0]?.name === "glass" && ipc.posixQueues[0].curmsgs === 1;
    },
  },
];

const TIES: readonly Situation[] = [
  {
    name: "a session of its own, an oom_score_adj, a folder, many descriptors",
    command: background(
      'cd /usr/bin; for n in 3 4 5 6 7 8 9; do eval "exec $n<>/tmp/introspect/never"; done; echo 321 > /proc/self/oom_score_adj; exec setsid /tmp/introspect/hold tied',
    ),
    reached: (s) => {
      const own = named(s, "tied");
      return (
        own?.session === own?.pid && own?.oomScoreAdj === 321 && own.cwd === "/usr/bin" && (own.openFiles ?? 0) >= 10
      );
    },
  },
  {
    name: "a process with another root",
    command: `mkdir -p ${LAB}/jail; cp /tmp/introspect/helper ${LAB}/jail/jailed; ${background(`exec chroot ${LAB}/jail /jailed g`)}`,
    reached: (s) => named(s, "jailed")?.root === `${LAB}/jail` && named(s, "jailed")?.exe === `${LAB}/jail/jailed`,
  },
];

const MOUNTS: readonly Situation[] = [
  {
    name: "copy-up, whiteout, an opaque folder and new files in an upper layer",
    command: [
      `mkdir -p ${LAB}/lower/dir ${LAB}/lower/gone ${LAB}/upper ${LAB}/work ${LAB}/merged; cd ${LAB}`,
      "echo lower > lower/changed; echo lower > lower/removed; echo lower > lower/dir/kept; echo lower > lower/gone/file",
      `mount -t overlay overlay -o lowerdir=${LAB}/lower,upperdir=${LAB}/upper,workdir=${LAB}/work merged; cd merged`,
      "echo more >> changed; rm removed; mkdir new; echo new > new/file; ln -s target new/link; mkfifo new/pipe; echo more >> dir/kept",
      "rm -r gone; mkdir gone; echo again > gone/other",
    ].join("\n"),
    reached: (s) =>
      layer(s, "changed")?.copiedUp === true &&
      layer(s, "removed")?.kind === "whiteout" &&
      layer(s, "new/file")?.copiedUp === false &&
      layer(s, "gone")?.opaque === true &&
      layer(s, "dir")?.copiedUp === true,
  },
  {
    name: "bind, read-only, private, slave and unbindable mounts",
    command: [
      `cd ${LAB}; mkdir -p a b c d; mount -t tmpfs -o size=1m,mode=700 'a blank' a; mkdir a/sub a/e`,
      "mount --make-private a; mount --bind a/sub b; mount -o remount,bind,ro,nosuid,noexec b",
      "mount --bind a c; mount --make-shared c; mount --bind c d; mount --make-slave d; mount --make-unbindable b",
      "mount -t tmpfs none a/e; mount --move a/e a/sub",
    ].join("\n"),
    reached: (s) =>
      mountAt(s, `${LAB}/b`)?.options === "ro,nosuid,noexec,relatime" &&
      mountAt(s, `${LAB}/b`)?.unbindable === true &&
      mountAt(s, `${LAB}/d`)?.master === mountAt(s, `${LAB}/c`)?.shared &&
      mountAt(s, `${LAB}/a/sub`)?.fstype === "tmpfs",
  },
  {
    name: "a mount namespace that receives but does not send",
    command: hold("receiver", "unshare -m --propagation slave"),
    reached: (s) => {
      const own = named(s, "receiver")?.namespaces.mnt;
      return s.mounts.some((mount) => mount.namespace === own && mount.master !== null && mount.shared === null);
    },
  },
  {
    name: "a mount namespace held by a bind mount, with a hidden mount in it",
    command: [
      `mkdir -p ${LAB}/ns; mount -t tmpfs none ${LAB}/ns; mount --make-private ${LAB}/ns; touch ${LAB}/ns/mnt`,
      `unshare --mount=${LAB}/ns/mnt mount -t tmpfs inner /tmp`,
    ].join("\n"),
    reached: (s) => deserted(s, "mnt").some(({ keepers }) => keepers.mounts[0]?.mountPoint === `${LAB}/ns/mnt`),
  },
];

const FORGOTTEN: readonly Situation[] = [
  {
    name: "an upper layer whose names the kernel has forgotten",
    command: "sync; echo 2 > /proc/sys/vm/drop_caches",
    reached: (s) => layer(s, "changed")?.copiedUp === true && layer(s, "gone")?.opaque === true,
  },
];

const NETWORK: readonly Situation[] = [
  {
    name: "a veth pair of which one end has moved, with traffic",
    command: [
      "ip netns add far; ip link add near0 type veth peer name far0; ip link set far0 netns far",
      "ip addr add 10.80.0.1/24 brd + dev near0; ip link set near0 up",
      "ip -n far addr add 10.80.0.2/24 dev far0; ip -n far link set far0 up; ip -n far link set lo up",
      "ping -c 2 -i 0.2 -w 5 10.80.0.2 >/dev/null",
    ].join("; "),
    reached: (s) =>
      device(s, "near0")?.peer?.namespace === device(s, "far0")?.namespace &&
      device(s, "near0")?.namespace !== device(s, "far0")?.namespace &&
      isUp(s, "near0") &&
      (device(s, "near0")?.rxPackets ?? 0) >= 2,
  },
  {
    name: "a bridge with ports, a dummy, a vxlan",
    command: [
      "ip link add br9 type bridge; ip addr add 10.81.0.1/16 dev br9; ip link set br9 up",
      "ip link add p1 type veth peer name p2; ip link set p1 master br9; ip link set p1 up; ip link set p2 up",
      "ip link add dum type dummy; ip link set dum mtu 1400; ip link set dum up; ip addr add 10.82.0.1/32 dev dum",
      "ip link add vx type vxlan id 1234 dev near0 dstport 4789 remote 10.80.0.2",
    ].join("; "),
    reached: (s) =>
      device(s, "p1")?.master === device(s, "br9")?.ifindex &&
      device(s, "br9")?.kind === "bridge" &&
      isUp(s, "br9") &&
      device(s, "dum")?.kind === "dummy" &&
      device(s, "vx")?.vxlan?.id === 1234,
  },
  {
    name: "routes: by a gateway, by a device, the default",
    command:
      "ip route add 10.90.0.0/16 via 10.80.0.2; ip route add 10.91.1.1 dev dum; ip route add default via 10.80.0.2; ip route add 10.92.0.0/15 via 10.80.0.2 src 10.81.0.1",
    reached: (s) => s.routes.some(({ destination, gateway }) => destination === "default" && gateway === "10.80.0.2"),
  },
  {
    name: "nftables: ports published by rules, by maps of either hash, by a key of two fields; masquerading",
    command: `nft -f - <<'RULES'
table ip shop {
  map grows { type inet_service : ipv4_addr . inet_service; elements = { 8081 : 10.80.0.2 . 80, 9000 : 10.80.0.3 . 9001 } }
  map sized { type inet_service : ipv4_addr; size 64; elements = { 8082 : 10.80.0.4 } }
  map empty { type inet_service : ipv4_addr; }
  map paired { type ipv4_addr . inet_service : ipv4_addr . inet_service; elements = { 10.80.0.1 . 8083 : 10.80.0.5 . 83 } }
  chain published {
    type nat hook prerouting priority -100; policy accept;
    tcp dport 8080 dnat to 10.80.0.2:80
    dnat ip to tcp dport map @grows
    dnat to tcp dport map @sized
    dnat to tcp dport map @empty
    dnat ip to ip daddr . tcp dport map @paired
    dnat ip to tcp dport map { 8084 : 10.80.0.6 . 84, 8085 : 10.80.0.7 . 85, 8086 : 10.80.0.8 . 86 }
    counter
  }
  chain leaving {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "near0" masquerade
  }
  chain other {
    tcp dport 22 accept
  }
}
table ip guard {
  chain in {
    type filter hook input priority filter; policy drop;
    accept
  }
}
RULES`,
    reached: (s) =>
      s.nftChains.find(({ chain }) => chain === "published")?.rules.flatMap(({ dnat }) => dnat).length === 8 &&
      s.nftChains.some(({ chain, policy }) => chain === "in" && policy === "drop"),
  },
  {
    name: "nftables: ports published by ranges, by sets of either kind, by maps of intervals; other ports than these",
    command: `nft -f - <<'RULES'
table ip ranges {
  set some { type inet_service; elements = { 8180, 8443 } }
  set spans { type inet_service; flags interval; elements = { 8200-8210, 8220, 65000-65535 } }
  map areas { type inet_service : ipv4_addr; flags interval; elements = { 8300-8310 : 10.80.0.2, 8311-8320 : 10.80.0.3, 8330 : 10.80.0.4 } }
  map whole { type inet_service : ipv4_addr . inet_service; flags interval; elements = { 0-1023 : 10.80.0.5 . 80, 64000-65535 : 10.80.0.6 . 81 } }
  chain published {
    type nat hook prerouting priority -100; policy accept;
    tcp dport 8000-8010 dnat to 10.80.0.2
    tcp dport 8020-8030 dnat to 10.80.0.2:80
    tcp dport 8040-8050 dnat to 10.80.0.2:9040-9050
    tcp dport { 80, 443 } dnat to 10.80.0.3
    tcp dport { 81, 8060-8070, 8080-8090 } dnat to 10.80.0.4:81
    tcp dport @some dnat to 10.80.0.5
    tcp dport @spans dnat to 10.80.0.6
    dnat to tcp dport map @areas
    dnat ip to tcp dport map @whole
    dnat to tcp dport map { 8400-8410 : 10.80.0.7, 8420 : 10.80.0.8 }
    tcp dport != 22 dnat to 10.80.0.9
    tcp dport != { 23, 24 } dnat to 10.80.0.9
    tcp dport != 25-26 dnat to 10.80.0.9
    tcp dport > 60000 tcp dport <= 61000 dnat to 10.80.0.9:9
  }
}
RULES`,
    reached: (s) =>
      s.nftChains.find(({ table }) => table === "ranges")?.rules.flatMap(({ dnat }) => dnat).length === 21,
  },
  {
    name: "listening sockets here and in a namespace of their own",
    command: `${background("cp helper listener; exec ./listener n")} ${background("exec unshare -n sh -c 'ip link set lo up; exec ./listener n'")}`,
    reached: (s) =>
      s.sockets.filter(({ port }) => port === 7001).length === 2 && s.sockets.some(({ path }) => path === "@glass"),
  },
];

const CONTROLLERS: readonly Situation[] = [
  {
    name: "burst, idle, oom.group",
    command: [
      `cd ${GROUPS}; mkdir t-more; echo '30000 100000' > t-more/cpu.max; echo 20000 > t-more/cpu.max.burst`,
      "echo 1 > t-more/memory.oom.group; mkdir t-idle; echo 1 > t-idle/cpu.idle",
      inGroup("t-more", "i=0; while [ $i -lt 300 ]; do i=$((i+1)); done; exec /tmp/introspect/hold burst"),
    ].join("\n"),
    reached: (s) =>
      group(s, "/t-more")?.cpu?.max_burst_usec === 20_000 &&
      group(s, "/t-more")?.memory?.oomGroup === true &&
      group(s, "/t-idle")?.cpu?.idle === true &&
      named(s, "burst") !== undefined,
  },
  {
    name: "io limits and io on the RAM disk",
    command: [
      `cd ${GROUPS}; mkdir t-io; echo '1:0 wbps=2097152 riops=500' > t-io/io.max`,
      "sh -c 'echo 0 > t-io/cgroup.procs; dd if=/dev/zero of=/var/lib/box/t-io bs=64k count=16 oflag=direct; dd if=/var/lib/box/t-io of=/dev/null bs=64k iflag=direct' 2>/dev/null",
    ].join("\n"),
    reached: (s) => {
      const ram = group(s, "/t-io")?.io?.devices.find(({ name }) => name === "ram0");
      // At least: what the file system keeps of the file is written back later.
      return (
        (ram?.wbytes ?? 0) >= 2 ** 20 && ram?.rbytes === 2 ** 20 && ram.max?.wbps === 2 ** 21 && ram.max.riops === 500
      );
    },
  },
  {
    name: "page cache, shared and anonymous memory told apart",
    command: [
      `mkdir ${GROUPS}/t-stat`,
      inGroup(
        "t-stat",
        "dd if=/dev/zero of=/var/lib/box/t-file bs=1M count=2 2>/dev/null; dd if=/dev/zero of=/dev/shm/t-shm bs=1M count=3 2>/dev/null; exec /tmp/introspect/hold filled",
      ),
    ].join("\n"),
    reached: (s) => named(s, "filled") !== undefined && (group(s, "/t-stat")?.memory?.stat.shmem ?? 0) >= 3 * 2 ** 20,
  },
  {
    name: "a group frozen by the one above",
    command: [
      `mkdir -p ${GROUPS}/t-cold/inner`,
      inGroup("t-cold/inner", "exec /tmp/introspect/hold cold"),
      `until [ -n "$(cat ${GROUPS}/t-cold/inner/cgroup.procs)" ]; do :; done; echo 1 > ${GROUPS}/t-cold/cgroup.freeze`,
    ].join("\n"),
    reached: (s) => {
      const inner = group(s, "/t-cold/inner");
      return inner?.frozen === true && !inner.freeze && group(s, "/t-cold")?.freeze === true;
    },
  },
  {
    name: "pressure: two that want the one CPU",
    command: [
      `mkdir ${GROUPS}/t-press`,
      inGroup("t-press", "i=0; while [ $i -lt 9000 ]; do i=$((i+1)); done"),
      inGroup("t-press", "i=0; while [ $i -lt 9000 ]; do i=$((i+1)); done"),
    ].join("\n"),
    reached: (s) => (group(s, "/t-press")?.pressure?.cpu.some.total ?? 0) > 0 && group(s, "/t-press")?.procs === 0,
  },
];

const CONTAINER: readonly Situation[] = [
  {
    name: "a container: its overlay, its namespaces, its device program, a group below it",
    command: [
      "docker run -d --name t-world -m 32M -p 8088:80 busybox sh -c 'echo new > /etc/motd; rm /bin/yes; exec sleep 1000'",
      `for group in $(find ${GROUPS} -type d -name '*t-world*' -o -type d -path '*box*' -links 2); do mkdir $group/below 2>/dev/null; done; :`,
    ].join("\n"),
    reached: (s) =>
      s.cgroups.some(({ devicePrograms: { attached, effective } }) => attached === 1 && effective === 1) &&
      s.cgroups.some(({ devicePrograms: { attached, effective } }) => attached === 0 && effective === 1) &&
      s.tasks.some(({ comm, pids }) => comm === "sleep" && pids.length === 2) &&
      isUp(s, "docker0"),
  },
];

/** Those of a group last beside each other: they are made one after the other and then held against the guest together. */
export const WORLD_GROUPS: readonly (readonly [name: string, situations: readonly Situation[]])[] = [
  ["what keeps namespaces alive, and what is in them", KEPT],
  ["what ties processes", TIES],
  ["mounts and layers", MOUNTS],
  ["caches dropped", FORGOTTEN],
  ["networks", NETWORK],
  ["controllers", CONTROLLERS],
  ["containers", CONTAINER],
];

export const WORLD_SITUATIONS: readonly Situation[] = WORLD_GROUPS.flatMap(([, situations]) => situations);
