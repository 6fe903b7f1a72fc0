/**
 * Bundles whose config.json must be refused, with the JSON path of the fault. Each is GOOD with one thing changed; what is
 * given as null is left out.
 */
import type { BadInput } from "./runtime-bad-flags.ts";

const GOOD = {
  ociVersion: "1.0.2",
  root: { path: "/tmp/bundles/rootfs" },
  process: { args: ["true"], cwd: "/", user: { uid: 0, gid: 0 } },
  linux: { namespaces: [{ type: "mount" }, { type: "pid" }] },
};

type Json = Readonly<Record<string, unknown>>;
interface BadConfig {
  readonly change: Json | string;
  readonly says: RegExp;
}

const bad = (change: Json | string, says: RegExp): BadConfig => ({ change, says });
const inProcess = (change: Json, says: RegExp): BadConfig => bad({ process: { ...GOOD.process, ...change } }, says);
const inLinux = (change: Json, says: RegExp): BadConfig => bad({ linux: { ...GOOD.linux, ...change } }, says);
const inResources = (resources: Json, says: RegExp): BadConfig => inLinux({ resources }, says);
const mounts = (mount: Json, says: RegExp): BadConfig => bad({ mounts: [mount] }, says);

const CONFIGS: readonly BadConfig[] = [
  bad("{", /config\.json: is no JSON/),
  bad("[]", /config\.json/),
  bad({ ociVersion: null }, /ociVersion: is required/),
  bad({ ociVersion: "2.0.0" }, /ociVersion: "2\.0\.0" is not supported/),
  bad({ ociVersion: "x" }, /ociVersion: must be a semantic version/),
  bad({ root: null }, /root: is required/),
  bad({ root: { path: "/nosuch" } }, /root\.path: \/nosuch: no such folder/),
  bad({ root: { path: "/etc/passwd" } }, /root\.path: .*not a folder/),
  bad({ root: { path: "/" } }, /root\.path: \/ is the host's own root/),
  bad({ process: null }, /process: is required/),
  inProcess({ args: [] }, /process\.args: is required/),
  inProcess({ args: [1] }, /process\.args\[0\]: must be a string/),
  inProcess({ args: ["a\0b"] }, /process\.args\[0\]: must not have a NUL/),
  inProcess({ args: "true" }, /process\.args: must be an array/),
  inProcess({ cwd: "tmp" }, /process\.cwd: must be an absolute path/),
  inProcess({ cwd: null }, /process\.cwd: is required/),
  inProcess({ env: [1] }, /process\.env\[0\]: must be a string/),
  inProcess({ user: { uid: -1, gid: 0 } }, /process\.user\.uid: must be/),
  inProcess({ user: { uid: 0, gid: 0, umask: "022" } }, /process\.user\.umask: must be/),
  inProcess(
    { capabilities: { bounding: ["CAP_FROB"] } },
    /process\.capabilities\.bounding\[0\]: "CAP_FROB" is no capability/,
  ),
  inProcess({ capabilities: { effective: ["CAP_CHOWN"] } }, /process\.capabilities\.effective/),
  inProcess(
    { rlimits: [{ type: "RLIMIT_FROB", soft: 1, hard: 1 }] },
    /process\.rlimits\[0\]\.type: "RLIMIT_FROB" is no limit/,
  ),
  inProcess(
    { rlimits: [{ type: "RLIMIT_NOFILE", soft: 2, hard: 1 }] },
    /process\.rlimits\[0\]\.soft: 2 is more than hard, 1/,
  ),
  inProcess({ oomScoreAdj: 5000 }, /process\.oomScoreAdj: must be between/),
  inProcess({ apparmorProfile: "x" }, /process\.apparmorProfile: is not supported: this kernel has no AppArmor/),
  inProcess({ selinuxLabel: "x" }, /process\.selinuxLabel: is not supported/),
  bad({ hostname: "web" }, /hostname: needs \{ "type": "uts" \}/),
  inLinux({ namespaces: [{ type: "pid" }] }, /linux\.namespaces: must have \{ "type": "mount" \}/),
  inLinux({ namespaces: [{ type: "mount" }, { type: "frob" }] }, /linux\.namespaces\[1\]\.type: must be one of/),
  inLinux(
    { namespaces: [{ type: "mount" }, { type: "mount" }] },
    /linux\.namespaces\[1\]\.type: "mount" is there twice/,
  ),
  inLinux(
    { namespaces: [{ type: "mount" }, { type: "pid", path: "proc" }] },
    /linux\.namespaces\[1\]\.path: must be an absolute path/,
  ),
  inLinux(
    { namespaces: [{ type: "mount" }, { type: "user" }] },
    /linux\.uidMappings: is required with a new user namespace/,
  ),
  inLinux({ uidMappings: [{ containerID: 0, hostID: 0, size: 1 }] }, /linux\.uidMappings: needs \{ "type": "user" \}/),
  inLinux({ timeOffsets: { monotonic: { secs: 1 } } }, /linux\.timeOffsets: needs \{ "type": "time" \}/),
  inLinux({ sysctl: { "kernel.panic": "1" } }, /linux\.sysctl\.kernel\.panic: is the whole machine's/),
  inLinux({ sysctl: { "net.ipv4.ip_forward": "1" } }, /linux\.sysctl\.net\.ipv4\.ip_forward: needs its namespace/),
  inLinux({ cgroupsPath: "/../x" }, /linux\.cgroupsPath: must not lead out/),
  inLinux({ cgroupsPath: "/" }, /linux\.cgroupsPath: \/ is the root cgroup/),
  inLinux({ intelRdt: { closID: "x" } }, /linux\.intelRdt: is not supported/),
  inLinux({ mountLabel: "x" }, /linux\.mountLabel: is not supported/),
  inLinux({ rootfsPropagation: "frob" }, /linux\.rootfsPropagation: must be one of/),
  inLinux({ maskedPaths: ["proc"] }, /linux\.maskedPaths\[0\]: must be an absolute path/),
  inLinux(
    { devices: [{ path: "/dev/x", type: "q", major: 1, minor: 3 }] },
    /linux\.devices\[0\]\.type: must be one of/,
  ),
  inLinux({ seccomp: { defaultAction: "SCMP_ACT_FROB" } }, /linux\.seccomp\.defaultAction: must be one of/),
  inLinux(
    { seccomp: { defaultAction: "SCMP_ACT_NOTIFY" } },
    /linux\.seccomp\.defaultAction: SCMP_ACT_NOTIFY is not supported/,
  ),
  inLinux(
    { seccomp: { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: [], action: "SCMP_ACT_ERRNO" }] } },
    /linux\.seccomp\.syscalls\[0\]\.names: is required/,
  ),
  inResources({ memory: { limit: 1e6, swap: 1 } }, /linux\.resources\.memory\.swap: 1 is less than limit/),
  inResources({ memory: { kernel: 5 } }, /linux\.resources\.memory\.kernel: is not supported/),
  inResources({ memory: { swappiness: 5 } }, /linux\.resources\.memory\.swappiness: is not supported/),
  inResources({ memory: { limit: "1m" } }, /linux\.resources\.memory\.limit: must be/),
  inResources({ cpu: { cpus: "0" } }, /linux\.resources\.cpu\.cpus: is not supported/),
  inResources({ cpu: { realtimeRuntime: 5 } }, /linux\.resources\.cpu\.realtimeRuntime: is not supported/),
  inResources(
    { hugepageLimits: [{ pageSize: "2MB", limit: 1 }] },
    /linux\.resources\.hugepageLimits: is not supported/,
  ),
  inResources({ rdma: { mlx: {} } }, /linux\.resources\.rdma: is not supported/),
  inResources({ unified: { "../x": "1" } }, /linux\.resources\.unified\..*: is no file of a cgroup/),
  inResources({ unified: { "cgroup.procs": "1" } }, /linux\.resources\.unified\.cgroup\.procs: is the runtime's own/),
  inResources(
    { devices: [{ allow: true, access: "xyz" }] },
    /linux\.resources\.devices\[0\]\.access: must be letters of "rwm"/,
  ),
  mounts({ destination: "data", type: "tmpfs", source: "tmpfs" }, /mounts\[0\]\.destination/),
  mounts(
    { destination: "/x", type: "bind", source: "/nosuch", options: ["bind"] },
    /mounts\[0\]\.source: \/nosuch: no such file/,
  ),
  mounts(
    { destination: "/", type: "bind", source: "/tmp", options: ["bind"] },
    /mounts\[0\]\.destination: \/ is the root itself/,
  ),
  mounts({ destination: "/x", type: "frobfs", source: "x" }, /frobfs|ENODEV/),
  bad({ hooks: { prestart: [{ path: "x" }] } }, /hooks\.prestart\[0\]\.path: must be an absolute path/),
];

/** Shell lines that write a bundle for each. */
export function bundleFiles(): string {
  const files = CONFIGS.map(({ change }, i) => {
    const text = typeof change === "string" ? change : JSON.stringify({ ...GOOD, ...change });
    return `mkdir -p /tmp/bundles/${i}; cat > /tmp/bundles/${i}/config.json <<'CONFIG'\n${text}\nCONFIG`;
  });
  return `mkdir -p /tmp/bundles/rootfs/bin /tmp/bundles/rootfs/proc; cp /bin/busybox /tmp/bundles/rootfs/bin/true\n${files.join("\n")}`;
}

export const BAD_CONFIGS: readonly BadInput[] = [
  ...CONFIGS.map(
    ({ change, says }, i): BadInput => [
      `config ${i}: ${typeof change === "string" ? change : JSON.stringify(change).slice(0, 90)}`,
      `box oci run --bundle /tmp/bundles/${i} bad-${i}`,
      1,
      says,
    ],
  ),
  ["no bundle", "box oci run --bundle /nosuch bad", 1, /\/nosuch/],
  ["an id out of the folder", "box oci run --bundle /tmp/bundles/0 ../x", 1, /id|\.\.\/x/],
  ["the state of nobody", "box oci state nosuch", 1, /nosuch/],
  ["to start nobody", "box oci start nosuch", 1, /nosuch/],
  ["to kill nobody", "box oci kill nosuch", 1, /nosuch/],
  ["to delete nobody", "box oci delete nosuch", 1, /nosuch/],
  ["an operation that is none", "box oci frobnicate", 1, /unknown command "frobnicate"/],
  ["a log in a format that is none", "box oci --log-format xml list", 125, /invalid --log-format "xml"/],
];
