/** Tar files for the tests of images, with entries that no sane program would write, and files into and out of the guest. */
import type { Guest } from "./guest.ts";

export interface TarEntry {
  readonly name: string;
  /** tar's own letter; a file otherwise. */
  readonly type?: "0" | "1" | "2" | "3" | "5";
  readonly link?: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly device?: readonly [major: number, minor: number];
  /** "SCHILY.xattr.user.x" and so on. */
  readonly pax?: Readonly<Record<string, string>>;
}

const BLOCK = 512;

function header(entry: TarEntry, type: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    block.write(value.toString(8).padStart(digits, "0"), at, "latin1");
  block.write(entry.name, 0, 100);
  octal(entry.mode ?? (type === "5" ? 0o755 : 0o644), 100, 7);
  octal(entry.uid ?? 0, 108, 7);
  octal(entry.gid ?? 0, 116, 7);
  octal(size, 124, 11);
  octal(1_700_000_000, 136, 11);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(entry.link ?? "", 157, 100);
  block.write("ustar\x0000", 257, "latin1");
  octal(entry.device?.[0] ?? 0, 329, 7);
  octal(entry.device?.[1] ?? 0, 337, 7);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  block[154] = 0;
  return block;
}

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);

function paxHeader(records: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + String(rest).length;
    if (String(length).length > String(rest).length) length++;
    return `${length} ${key}=${value}\n`;
  });
  const bytes = Buffer.from(lines.join(""));
  return Buffer.concat([header({ name: "pax" }, "x", bytes.length), padded(bytes)]);
}

export function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content ?? "");
    const own = [header(entry, entry.type ?? "0", content.length), padded(content)];
    return entry.pax ? [paxHeader(entry.pax), ...own] : own;
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** On 9p itself, not under the overlay that is the guest's root: seen at once. */
const DELIVERY = "/usr/lib/box";

export async function putFile(guest: Guest, path: string, bytes: Uint8Array): Promise<void> {
  const delivered = `${DELIVERY}/delivered-${path.replace(/^.*\//, "")}`;
  await guest.session().emulator.putFile(delivered, new Uint8Array(bytes));
  await guest.out(`cp ${delivered} ${path}`);
}

/** The agent answers with at most 64 KiB. */
const CHUNK_BYTES = 45_000;

export async function getFile(guest: Guest, path: string): Promise<Buffer> {
  const size = Number(await guest.out(`gzip -c ${path} > ${path}.gz; stat -c %s ${path}.gz`));
  const parts: Buffer[] = [];
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    const text = await guest.out(`tail -c +${at + 1} ${path}.gz | head -c ${CHUNK_BYTES} | base64 -w0`);
    parts.push(Buffer.from(text, "base64"));
  }
  const { gunzipSync } = await import("node:zlib");
  return gunzipSync(Buffer.concat(parts));
}
