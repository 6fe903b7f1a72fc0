/** A config.json for the comparison of runtimes: the base that all bundles share, and changes laid over it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type Config = { readonly [name: string]: Json };

export interface Bundle {
  readonly name: string;
  /** Laid over the base: objects are merged, everything else replaced; null takes a property away. */
  readonly config: Config;
}

/** Where everything lies in the guest, on ext4: a bundle for each runtime with its own rootfs, and what they mount. */
export const FOLDER = "/var/lib/box/oci-crun";

export const namespaces = (...types: readonly string[]): Json => types.map((type) => ({ type }));
export const ALL_NAMESPACES = ["pid", "mount", "uts", "ipc", "network", "cgroup"];

const SAFE = ["nosuid", "noexec", "nodev"];

export const MOUNTS: readonly Json[] = [
  { destination: "/proc", type: "proc", source: "proc" },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  { destination: "/dev/shm", type: "tmpfs", source: "shm", options: [...SAFE, "mode=1777", "size=65536k"] },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: SAFE },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: [...SAFE, "ro"] },
  { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: [...SAFE, "relatime", "ro"] },
];

const CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_MKNOD"];

export const BASE: Config = {
  ociVersion: "1.0.2",
  process: {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: ["/bin/probe"],
    env: ["PATH=/bin", "HOME=/home"],
    cwd: "/",
    capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
  },
  root: { path: "rootfs" },
  hostname: "glass",
  mounts: MOUNTS,
  linux: {
    cgroupsPath: "/oci-crun/it",
    namespaces: namespaces(...ALL_NAMESPACES),
    resources: { devices: [{ allow: false, access: "rwm" }] },
  },
};

const isObject = (value: Json | undefined): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function merge(base: Config, changes: Config): Config {
  const result: Record<string, Json> = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    const before = result[name];
    if (value === null) delete result[name];
    else result[name] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return result;
}
