/** The contents of a folder into another, with modes and owners: files, folders, symbolic links. No link is followed. */
import {
  chmodSync,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";

export function copyFolder(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    const stat = lstatSync(source);
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (stat.isDirectory()) {
      mkdirSync(target);
      copyFolder(source, target);
    } else if (stat.isFile()) copyFileSync(source, target);
    else continue;
    lchownSync(target, stat.uid, stat.gid);
    if (!stat.isSymbolicLink()) chmodSync(target, stat.mode & 0o7777);
  }
}
