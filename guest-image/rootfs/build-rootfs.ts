/**
 * The guest's root tree: packages, our files over them, busybox for what no package brings.
 * The part holds `tree/` (as it will be served, root-owned) and `versions.json`.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { type Part, part } from "../lib/cache.ts";
import { step } from "../lib/progress.ts";
import { BUSYBOX_APPLETS } from "./busybox-applets.ts";
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
  const sources = ["files"].map((tree) => ({ tree: path.join(here, tree) }));
  const code = ["build-rootfs.ts", "unpack.ts", "busybox-applets.ts"].map((file) => ({ file: path.join(here, file) }));
  return part("rootfs", [debs.hash, ...sources, ...code], async (dir) => {
    const progress = step("root file system");
    const tree = path.join(dir, "tree");
    mkdirSync(tree);
    await unpackInto(tree, debs.dir);
    await assertLibraries(tree);
    for (const folder of FOLDERS) mkdirSync(path.join(tree, folder), { recursive: true });
    linkApplets(tree);
    symlinkSync("../../bin/busybox", path.join(tree, "usr/lib/glassbox-init"));
    cpSync(path.join(here, "files"), tree, { recursive: true, force: true });
    rmSync(path.join(tree, "usr/lib/glassbox-init"));
    symlinkSync("../../bin/busybox", path.join(tree, "usr/lib/glassbox/init"));
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
  for (const applet of BUSYBOX_APPLETS) {
    if (names.some((folder) => exists(path.join(tree, folder, applet)))) continue;
    symlinkSync("busybox", path.join(tree, "usr/bin", applet));
  }
  if (!existsSync(path.join(tree, "usr/bin/sh"))) symlinkSync("bash", path.join(tree, "usr/bin/sh"));
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
