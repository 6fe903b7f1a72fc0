/** Compressed copies at the highest levels, cached by content, for servers that hand them out as they are. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { cacheRoot } from "../guest-image/lib/cache.ts";
import type { Step } from "../guest-image/lib/progress.ts";
import { ENCODED_SNAPSHOT_FILE, SNAPSHOT_FILE } from "../lib/protocol/manifest.ts";

const COMPRESSIBLE = /\.(html|js|mjs|css|json|svg|txt|wasm|webmanifest)$/;
/** Below this a compressed copy saves less than the header that announces it. */
const MIN_BYTES = 512;
const MAX_STATE_BYTES = 2 ** 28;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

const ENCODERS = {
  br: (bytes: Uint8Array) =>
    brotli(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gz: (bytes: Uint8Array) => gzipped(bytes, { level: 9 }),
} as const;

/** .br and .gz beside each compressible file of a folder. */
export async function precompress(dir: string, skip: (file: string) => boolean, progress: Step): Promise<void> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !skip(file));
  for (const [index, file] of files.entries()) {
    progress.update(index + 1, files.length);
    const bytes = readFileSync(file);
    if (bytes.length < MIN_BYTES) continue;
    for (const encoding of ["br", "gz"] as const)
      copyFileSync(await compressed(bytes, encoding), `${file}.${encoding}`);
  }
}

/** state.bin.br beside a guest image's state.bin.zst; takes a minute. A plain copy would be a trap: 23 MB. */
export async function precompressState(imageDir: string): Promise<void> {
  const state = execFileSync("zstd", ["-dcq", path.join(imageDir, SNAPSHOT_FILE)], { maxBuffer: MAX_STATE_BYTES });
  copyFileSync(await compressed(state, "br"), path.join(imageDir, `${ENCODED_SNAPSHOT_FILE}.br`));
}

async function compressed(bytes: Uint8Array, encoding: keyof typeof ENCODERS): Promise<string> {
  const folder = path.join(cacheRoot(), "compressed");
  const file = path.join(folder, `${createHash("sha256").update(bytes).digest("hex")}.${encoding}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, await ENCODERS[encoding](bytes));
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
