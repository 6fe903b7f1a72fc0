/** What the build needs from the machine: installed with apt when root, else named with the command that does it. */
import { existsSync } from "node:fs";
import { step } from "./progress.ts";
import { run } from "./run.ts";

/** A file that the package brings -> the package. */
const NEEDED: Readonly<Record<string, string>> = {
  "/usr/bin/gcc": "gcc",
  "/usr/bin/make": "make",
  "/usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a": "gcc-multilib",
  "/usr/lib32/libc.a": "libc6-dev-i386",
  "/usr/bin/flex": "flex",
  "/usr/bin/bison": "bison",
  "/usr/bin/bc": "bc",
  "/usr/include/libelf.h": "libelf-dev",
  "/usr/include/openssl/ssl.h": "libssl-dev",
  "/usr/bin/cpio": "cpio",
  "/usr/bin/zstd": "zstd",
  "/usr/bin/xz": "xz-utils",
  "/usr/bin/rsync": "rsync",
  "/usr/bin/patch": "patch",
  "/usr/bin/readelf": "binutils",
  "/usr/bin/dpkg-source": "dpkg-dev",
  "/usr/share/seabios/bios.bin": "seabios",
};

export async function requireHostPackages(needed: Readonly<Record<string, string>> = NEEDED): Promise<void> {
  const missing = Object.entries(needed).flatMap(([file, name]) => (existsSync(file) ? [] : [name]));
  if (missing.length === 0) return;
  const install = ["install", "-y", "-q", "--no-install-recommends", ...missing];
  if (process.getuid?.() !== 0)
    throw new Error(`this machine lacks ${missing.join(", ")}; as root: apt-get ${install.join(" ")}`);
  const progress = step("system packages");
  progress.note(missing.join(" "));
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { env, onLine: progress.note });
  await run("apt-get", install, { env, onLine: progress.note });
  progress.done(missing.join(" "));
}
