/** Bytes in the files of a folder, each inode once, folders themselves not counted, as docker counts a layer. */
import { type Dirent, lstatSync, readdirSync } from "node:fs";

export function filesSize(folder: string): number {
  const seen = new Set<string>();
  let total = 0;
  const walk = (path: string) => {
    let entries: Dirent[];
    try {
      entries = readdirSync(path, { withFileTypes: true });
    } catch {
      return; // going away, or not there
    }
    for (const entry of entries) {
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(inner);
      else total += sizeOnce(inner, seen);
    }
  };
  walk(folder);
  return total;
}

function sizeOnce(path: string, seen: Set<string>): number {
  try {
    const { size, ino, dev, nlink } = lstatSync(path);
    if (nlink > 1) {
      const key = `${dev}:${ino}`;
      if (seen.has(key)) return 0;
      seen.add(key);
    }
    return size;
  } catch {
    return 0;
  }
}
