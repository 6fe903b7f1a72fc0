/**
 * crun and runc from Debian's i386 packages, for the guest to be measured against. They are no part of the image:
 * their files enter a running guest through the 9p tree and are copied to its tmpfs, so both start from memory.
 */
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { part } from "../guest-image/lib/cache.ts";
import { fetchDebs } from "../guest-image/lib/debian.ts";
import { run } from "../guest-image/lib/run.ts";

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
const FOLDER = "/mnt";
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
  await putFile(`${FOLDER}/config.json`, new TextEncoder().encode(JSON.stringify(BUNDLE)));
  const libraries = [...files.keys()].filter((name) => name.includes(".so."));
  await sh(
    [
      "mkdir -p /run/bench/lib /run/bench/bundle/rootfs/bin /run/bench/bundle/rootfs/proc",
      "cd /mnt && cp crun runc /run/bench/ && chmod 755 /run/bench/crun /run/bench/runc",
      `cp ${libraries.join(" ")} /run/bench/lib/`,
      "cp config.json /run/bench/bundle/",
      "cp /usr/bin/busybox /run/bench/bundle/rootfs/bin/true",
      "mkdir -p /sys/fs/cgroup/bench && echo +memory +cpu +pids > /sys/fs/cgroup/cgroup.subtree_control",
    ].join(" && "),
  );
}

async function runtimeFiles(): Promise<Map<string, Uint8Array>> {
  const { dir } = await part("reference-runtimes", PACKAGES, async (target) => {
    for (const deb of await fetchDebs(PACKAGES, "i386", target))
      await run("dpkg", ["-x", deb, path.join(target, "root")]);
    mkdirSync(path.join(target, "root"), { recursive: true });
  });
  const root = path.join(dir, "root");
  const files = new Map<string, Uint8Array>();
  for (const name of readdirSync(root, { recursive: true }) as string[]) {
    const file = path.join(root, name);
    if (WANTED.test(name) && statSync(file).isFile()) files.set(path.basename(name), readFileSync(file));
  }
  return files;
}

const BUNDLE = {
  ociVersion: "1.0.2",
  process: {
    terminal: false,
    user: { uid: 0, gid: 0 },
    args: ["/bin/true"],
    env: ["PATH=/bin"],
    cwd: "/",
    noNewPrivileges: false,
  },
  root: { path: "rootfs", readonly: false },
  hostname: "bench",
  mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
  linux: {
    cgroupsPath: "/bench/container",
    resources: { memory: { limit: 104_857_600 } },
    namespaces: ["pid", "mount", "uts", "ipc", "network", "cgroup"].map((type) => ({ type })),
  },
};
