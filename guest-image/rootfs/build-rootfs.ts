/**
 * The guest's root tree: packages, our files over them, busybox for what no package brings.
 * The part holds `tree/` (as it will be served, root-owned) and `versions.json`.
 */
import { chmodSync, copyFileSync, cpSync, lstatSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { type Part, part } from "../lib/cache.ts";
import { step } from "../lib/progress.ts";
import { busyboxApplets } from "./busybox-applets.ts";
import { writeLibraryCache } from "./library-cache.ts";
import { GUEST_PACKAGES } from "./packages.ts";
import { assertLibraries, packageFiles, unpackInto } from "./unpack.ts";

const here = import.meta.dirname;
const FOLDERS = [
  "dev",
  "proc",
  "sys",
  "run",
  "tmp",
  "mnt",
  "root",
  "home/glass",
  "usr/lib/box",
  "usr/local/bin",
  "usr/local/sbin",
  "var/lib/box",
  "var/tmp",
  "etc/profile.d",
];
const SETUID = ["usr/bin/sudo", "usr/bin/mount", "usr/bin/umount"];

export async function buildRootfs(): Promise<Part> {
  const debs = await packageFiles("guest", GUEST_PACKAGES);
  const files = { tree: path.join(here, "files") };
  const code = ["build-rootfs.ts", "unpack.ts", "busybox-applets.ts", "library-cache.ts"].map((file) => ({
    file: path.join(here, file),
  }));
  return part("rootfs", [debs.hash, files, ...code], async (dir) => {
    const progress = step("root file system");
    const tree = path.join(dir, "tree");
    mkdirSync(tree);
    await unpackInto(tree, debs.dir);
    await assertLibraries(tree);
    for (const folder of FOLDERS) mkdirSync(path.join(tree, folder), { recursive: true });
    linkApplets(tree);
    cpSync(path.join(here, "files"), tree, { recursive: true, force: true });
    // PID 1 as a file of its own: its page cache then holds what init touches, and not all that booting did.
    copyFileSync(path.join(tree, "usr/bin/busybox"), path.join(tree, "usr/lib/glassbox/init"));
    // The first name that setlocale(3) tries.
    symlinkSync("C.utf8", path.join(tree, "usr/lib/locale/C.UTF-8"));
    writeLibraryCache(tree);
    for (const file of SETUID) chmodSync(path.join(tree, file), 0o4755);
    chmodSync(path.join(tree, "etc/sudoers"), 0o440);
    chmodSync(path.join(tree, "etc/shadow"), 0o640);
    for (const folder of ["tmp", "var/tmp"]) chmodSync(path.join(tree, folder), 0o1777);
    copyFileSync(path.join(debs.dir, "versions.json"), path.join(dir, "versions.json"));
    progress.done();
  });
}

/** A link for each applet that no package's own program provides. */
function linkApplets(tree: string): void {
  const names = ["usr/bin", "usr/sbin", "usr/local/bin"];
  for (const applet of busyboxApplets(path.join(tree, "usr/bin/busybox"))) {
    if (names.some((folder) => exists(path.join(tree, folder, applet)))) continue;
    symlinkSync("busybox", path.join(tree, "usr/bin", applet));
  }
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
