/** What a page build is told about the machine that it belongs to; read by lib/machine/urls.ts. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { GuestManifest } from "../lib/protocol/manifest.ts";

/** The image's folder below the site's root: named by its hash, so it never changes. */
export function guestFolder(imageDir: string): string {
  const manifest = JSON.parse(readFileSync(path.join(imageDir, "manifest.json"), "utf8")) as GuestManifest;
  return `guest/${manifest.image.slice(0, 16)}`;
}

/** Folder of the built worker below the repository's root. */
const machineFolder = (machineDir: string): string => path.resolve(import.meta.dirname, "../public", machineDir);

/** What a start downloads, for the poster of an embed: the emulator and the image's state, compressed as served. */
function downloadBytes(machineDir: string, imageDir: string): number {
  const { files } = JSON.parse(readFileSync(path.join(imageDir, "manifest.json"), "utf8")) as GuestManifest;
  const compressed = [
    ...["worker.js", "libv86.mjs", "v86.wasm"].map((name) => path.join(machineFolder(machineDir), name)),
    ...["manifest.json", files.layout.path].map((name) => path.join(imageDir, name)),
  ].map((file) => gzipSync(readFileSync(file)).length);
  return compressed.reduce((sum, bytes) => sum + bytes, files.snapshot.size);
}

export interface PageEnvironment {
  readonly NEXT_PUBLIC_BASE_PATH: string;
  readonly NEXT_PUBLIC_MACHINE_DIR: string;
  readonly NEXT_PUBLIC_GUEST_DIR: string;
  readonly NEXT_PUBLIC_DOWNLOAD_BYTES: string;
}

/** GLASSBOX_BASE_PATH (e.g. "/lab") is where the site will be served from; empty for the root. */
export function pageEnvironment(machineDir: string, imageDir: string): PageEnvironment {
  const basePath = process.env.GLASSBOX_BASE_PATH ?? "";
  if (basePath !== "" && !/^(\/[\w.-]+)+$/.test(basePath))
    throw new Error(`GLASSBOX_BASE_PATH=${basePath}: want "/name" without a slash at the end`);
  return {
    NEXT_PUBLIC_BASE_PATH: basePath,
    NEXT_PUBLIC_MACHINE_DIR: machineDir,
    NEXT_PUBLIC_GUEST_DIR: guestFolder(imageDir),
    NEXT_PUBLIC_DOWNLOAD_BYTES: String(downloadBytes(machineDir, imageDir)),
  };
}
