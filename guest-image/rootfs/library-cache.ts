/**
 * /etc/ld.so.cache of a tree, without which the dynamic linker tries seven folders that do not exist for each program
 * (ldconfig(8) would write it, but nothing i386 runs on the build host).
 *
 * Format: glibc 2.36, sysdeps/generic/dl-cache.h, "new" format: a header of 48 bytes, entries of 24 bytes, strings.
 * Entries lie in descending order of the comparison that the linker's binary search uses (elf/dl-cache.c).
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const FOLDER = "lib/i386-linux-gnu";
const HEADER_BYTES = 48;
const ENTRY_BYTES = 24;
const LITTLE_ENDIAN = 2;
const FLAG_ELF_LIBC6 = 3;

/** _dl_cache_libcmp: as strcmp, but runs of digits count as numbers, and a digit comes after every other character. */
export function compareLibraryNames(a: string, b: string): number {
  let [i, j] = [0, 0];
  const isDigit = (c: string | undefined): boolean => c !== undefined && c >= "0" && c <= "9";
  while (i < a.length) {
    const [inA, inB] = [isDigit(a[i]), isDigit(b[j])];
    if (inA && inB) {
      const [x, y] = [/^\d+/.exec(a.slice(i))?.[0] ?? "", /^\d+/.exec(b.slice(j))?.[0] ?? ""];
      if (Number(x) !== Number(y)) return Number(x) - Number(y);
      i += x.length;
      j += y.length;
    } else if (inA) return 1;
    else if (inB) return -1;
    else if (a[i] !== b[j]) return a.charCodeAt(i) - (j < b.length ? b.charCodeAt(j) : 0);
    else {
      i++;
      j++;
    }
  }
  return j < b.length ? -1 : 0;
}

export function libraryCache(names: readonly string[], folder: string): Uint8Array {
  const sorted = [...names].sort((a, b) => compareLibraryNames(b, a));
  const strings: string[] = [];
  let at = HEADER_BYTES + sorted.length * ENTRY_BYTES;
  const place = (text: string): number => {
    const placed = at;
    strings.push(`${text}\0`);
    at += text.length + 1;
    return placed;
  };
  const head = Buffer.alloc(at);
  head.write("glibc-ld.so.cache1.1", "latin1");
  head.writeUInt32LE(sorted.length, 20);
  head.writeUInt8(LITTLE_ENDIAN, 28);
  sorted.forEach((name, index) => {
    const entry = HEADER_BYTES + index * ENTRY_BYTES;
    head.writeInt32LE(FLAG_ELF_LIBC6, entry);
    head.writeUInt32LE(place(name), entry + 4);
    head.writeUInt32LE(place(`${folder}/${name}`), entry + 8);
  });
  const text = Buffer.from(strings.join(""), "latin1");
  head.writeUInt32LE(text.length, 24);
  return Buffer.concat([head, text]);
}

/** Of the tree and those below it; nothing for a tree without shared libraries. */
export function writeLibraryCache(tree: string, below: readonly string[] = []): void {
  if (!existsSync(path.join(tree, FOLDER))) return;
  const folders = [tree, ...below].map((root) => path.join(root, FOLDER)).filter((folder) => existsSync(folder));
  const names = new Set(folders.flatMap((folder) => readdirSync(folder)).filter((name) => /\.so(\.|$)/.test(name)));
  mkdirSync(path.join(tree, "etc"), { recursive: true });
  writeFileSync(path.join(tree, "etc/ld.so.cache"), libraryCache([...names], `/${FOLDER}`));
}
