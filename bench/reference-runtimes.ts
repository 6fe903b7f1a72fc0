/**
 * crun and runc from Debian's i386 packages, for the guest to be measured against. The image has them too, but as files
 * that load on first use: for a measurement they are put into the running guest and copied to its tmpfs, so that both
 * start from memory, and no download is timed.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { part } from "../guest-image/lib/cache.ts";
import { fetchDebs } from "../guest-image/lib/debian.ts";
import { run } from "../guest-image/lib/run.ts";
import { MASKED_PATHS, READONLY_PATHS } from "../runtime-src/container/kernel-paths.ts";
import { capabilityNames, DEFAULT_CAPABILITIES } from "../runtime-src/oci/capabilities.ts";
import { DENIED } from "../runtime-src/oci/seccomp-profile.ts";

/** The runtimes, and the libraries that crun needs beyond libc. */
const PACKAGES = [
  "crun",
  "runc",
  "libyajl2",
  "libseccomp2",
  "libcap2",
  "libsystemd0",
  "libgcrypt20",
  "libgpg-error0",
  "liblzma5",
  "liblz4-1",
  "libzstd1",
];
export const FOLDER = "/mnt";
const WANTED = /^(usr\/s?bin\/(crun|runc)|(usr\/)?lib\/i386-linux-gnu\/lib[\w.+-]+\.so\.\d+)$/;

interface Into {
  putFile(guestPath: string, data: Uint8Array): Promise<void>;
  sh(command: string): Promise<void>;
}

export const CRUN =
  "LD_LIBRARY_PATH=/run/bench/lib /run/bench/crun --cgroup-manager=cgroupfs --root /run/bench/crun-state";
export const RUNC = "/run/bench/runc --root /run/bench/runc-state";

/** Puts both runtimes and a bundle (six namespaces, memory limit, /bin/true) below /run/bench. */
export async function installReferenceRuntimes({ putFile, sh }: Into): Promise<void> {
  const files = await runtimeFiles();
  for (const [name, data] of files) await putFile(`${FOLDER}/${name}`, data);
  await sh(installCommand(files));
}

/** The command that brings files from the 9p tree to their places, given what runtimeFiles() returned. */
export function installCommand(files: ReadonlyMap<string, Uint8Array>): string {
  const libraries = [...files.keys()].filter((name) => name.includes(".so."));
  return [
    "mkdir -p /run/bench/lib /run/bench/bundle/rootfs/bin",
    "cd /run/bench/bundle/rootfs && mkdir -p proc dev sys tmp run",
    `cd ${FOLDER} && cp crun runc /run/bench/ && chmod 755 /run/bench/crun /run/bench/runc`,
    `cp ${libraries.join(" ")} /run/bench/lib/`,
    "cp config.json /run/bench/bundle/",
    "cp /usr/bin/busybox /run/bench/bundle/rootfs/bin/true",
    "mkdir -p /sys/fs/cgroup/bench && echo +memory +cpu +pids > /sys/fs/cgroup/cgroup.subtree_control",
  ].join(" && ");
}

/** By name, to be put into FOLDER. */
export async function runtimeFiles(): Promise<Map<string, Uint8Array>> {
  const { dir } = await part("reference-runtimes", PACKAGES, async (target) => {
    for (const deb of await fetchDebs(PACKAGES, "i386", target))
      await run("dpkg", ["-x", deb, path.join(target, "root")]);
    mkdirSync(path.join(target, "root"), { recursive: true });
  });
  const root = path.join(dir, "root");
  const files = new Map<string, Uint8Array>([["config.json", new TextEncoder().encode(JSON.stringify(BUNDLE))]]);
  for (const name of readdirSync(root, { recursive: true }) as string[]) {
    const file = path.join(root, name);
    if (WANTED.test(name) && statSync(file).isFile()) files.set(path.basename(name), readFileSync(file));
  }
  return files;
}

const CAPABILITIES = capabilityNames(DEFAULT_CAPABILITIES);

/** The container that `box run` makes, as a bundle: same namespaces, mounts, capabilities, filter, masks and limit. */
const BUNDLE = {
  ociVersion: "1.0.2",
  process: {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: ["/bin/true"],
    env: ["PATH=/bin"],
    cwd: "/",
    noNewPrivileges: false,
    capabilities: { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES },
  },
  root: { path: "rootfs", readonly: false },
  hostname: "bench",
  // Those of `runc spec`, which `box run` makes too.
  mounts: [
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
    { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777"] },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
    {
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options: ["nosuid", "noexec", "nodev", "relatime", "ro"],
    },
  ],
  linux: {
    cgroupsPath: "/bench/container",
    resources: {
      memory: { limit: 104_857_600 },
      devices: [
        { allow: false, access: "rwm" },
        ...[3, 5, 7, 8, 9].map((minor) => ({ allow: true, type: "c", major: 1, minor, access: "rwm" })),
        ...[0, 2].map((minor) => ({ allow: true, type: "c", major: 5, minor, access: "rwm" })),
        { allow: true, type: "c", major: 136, access: "rwm" },
      ],
    },
    maskedPaths: MASKED_PATHS,
    readonlyPaths: READONLY_PATHS,
    seccomp: {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: Object.keys(DENIED), action: "SCMP_ACT_ERRNO" }],
    },
    namespaces: ["pid", "mount", "uts", "ipc", "network", "cgroup"].map((type) => ({ type })),
  },
};
