/**
 * Debian packages to a tree, without executing any of them: `dpkg-deb --fsys-tarfile` into tar.
 * The tree is merged-/usr; what only people at a desk read (docs, manuals, translations) is left out, licences kept.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Part, part } from "../lib/cache.ts";
import { fetchDebs, packageVersions } from "../lib/debian.ts";
import { step } from "../lib/progress.ts";
import { run } from "../lib/run.ts";

const MERGED = ["bin", "sbin", "lib"];
const LEFT_OUT = [
  "usr/share/man",
  "usr/share/info",
  "usr/share/locale",
  "usr/share/lintian",
  "usr/share/bash-completion",
  "usr/share/bug",
  "usr/share/menu",
  "usr/share/doc-base",
  "usr/share/zsh",
  "usr/share/pixmaps",
  "usr/share/applications",
  "usr/share/nano",
  "usr/share/gcc",
  "usr/share/gdb",
  "usr/share/polkit-1",
  "usr/lib/i386-linux-gnu/gconv",
  "usr/lib/i386-linux-gnu/perl-base",
  "usr/lib/systemd",
  "usr/lib/udev",
  "usr/lib/tmpfiles.d",
  "usr/lib/sysctl.d",
  "usr/share/initramfs-tools",
  "usr/lib/init",
  // development files, and what needs a kernel feature that this kernel lacks (traffic control) or a daemon
  "usr/sbin/tc",
  "usr/lib/tc",
  "usr/lib/i386-linux-gnu/tc",
  "usr/include",
  "usr/lib/i386-linux-gnu/pkgconfig",
  "usr/lib/i386-linux-gnu/libcrun.a",
  "usr/sbin/sudo_logsrvd",
  "usr/sbin/sudo_sendlog",
  "etc/init.d",
  "etc/cron.d",
  "etc/cron.daily",
  "etc/cron.weekly",
  "etc/apparmor.d",
];

/** All the .deb files of a package list, with the versions that the suite offered: `versions.json`. */
export async function packageFiles(name: string, packages: readonly string[]): Promise<Part> {
  const wanted = [...new Set(packages)].sort();
  return part(`debs-${name}`, [wanted.join(" ")], async (dir) => {
    const progress = step(`packages for ${name}`);
    progress.note(`${wanted.length} from Debian`);
    const debs = await fetchDebs(wanted, "i386", dir);
    writeFileSync(path.join(dir, "versions.json"), `${JSON.stringify(await packageVersions(debs), null, 2)}\n`);
    progress.done(`${wanted.length} packages`);
  });
}

export async function unpackInto(tree: string, debs: string): Promise<void> {
  for (const name of MERGED) {
    mkdirSync(path.join(tree, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, path.join(tree, name));
  }
  for (const deb of readdirSync(debs)
    .filter((file) => file.endsWith(".deb"))
    .sort()) {
    await run("bash", [
      "-o",
      "pipefail",
      "-c",
      'dpkg-deb --fsys-tarfile "$1" | tar -xp --no-same-owner --keep-directory-symlink -C "$2"',
      "unpack",
      path.join(debs, deb),
      tree,
    ]);
  }
  for (const folder of LEFT_OUT) rmSync(path.join(tree, folder), { recursive: true, force: true });
  keepOnlyLicences(path.join(tree, "usr/share/doc"));
}

function keepOnlyLicences(doc: string): void {
  if (!existsSync(doc)) return;
  for (const entry of readdirSync(doc, { withFileTypes: true }).filter((found) => found.isDirectory())) {
    const folder = path.join(doc, entry.name);
    for (const file of readdirSync(folder))
      if (file !== "copyright") rmSync(path.join(folder, file), { recursive: true });
  }
}

/** Fails when an executable of the tree needs a shared library that is neither in it nor in a tree below it. */
export async function assertLibraries(tree: string, below: readonly string[] = []): Promise<void> {
  const script = `cd "$1" && find usr -type f \\( -perm -100 -o -name '*.so*' \\) -print0 | xargs -0 readelf -d 2>/dev/null | sed -n 's/.*(NEEDED).*\\[\\(.*\\)\\]/\\1/p' | sort -u`;
  const needed = (await run("bash", ["-c", script, "needed", tree])).split("\n").filter(Boolean);
  const folders = ["usr/lib/i386-linux-gnu", "usr/lib", "usr/libexec/sudo", "usr/lib/sudo"];
  const places = [tree, ...below].flatMap((root) => folders.map((folder) => path.join(root, folder)));
  const missing = needed.filter((name) => !places.some((place) => existsSync(path.join(place, name))));
  if (missing.length > 0) throw new Error(`${tree}: no package brings ${missing.join(", ")}; add it to packages.ts`);
}
