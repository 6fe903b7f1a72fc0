/**
 * The applets of a busybox binary, read from its own table: NUL-separated names from "[" on, ended by an empty name.
 * The build host cannot run an i386 program to ask it.
 */
import { readFileSync } from "node:fs";

export function busyboxApplets(binary: string): string[] {
  const bytes = readFileSync(binary);
  const start = bytes.indexOf("\0[\0[[\0", 0, "latin1");
  const end = bytes.indexOf("\0\0", start + 1, "latin1");
  if (start < 0 || end < 0) throw new Error(`${binary}: no table of applets found in it`);
  return bytes
    .subarray(start + 1, end)
    .toString("latin1")
    .split("\0");
}
