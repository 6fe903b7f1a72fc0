/** What a page build is told about the machine that it belongs to; read by lib/machine/urls.ts. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { GuestManifest } from "../lib/protocol/manifest.ts";

/** The image's folder below the site's root: named by its hash, so it never changes. */
export function guestFolder(imageDir: string): string {
  const manifest = JSON.parse(readFileSync(path.join(imageDir, "manifest.json"), "utf8")) as GuestManifest;
  return `guest/${manifest.image.slice(0, 16)}`;
}

/** GLASSBOX_BASE_PATH (e.g. "/lab") is where the site will be served from; empty for the root. */
export function pageEnvironment(machineDir: string, guestDir: string): Readonly<Record<string, string>> {
  const basePath = process.env.GLASSBOX_BASE_PATH ?? "";
  if (basePath !== "" && !/^(\/[\w.-]+)+$/.test(basePath))
    throw new Error(`GLASSBOX_BASE_PATH=${basePath}: want "/name" without a slash at the end`);
  return {
    NEXT_PUBLIC_BASE_PATH: basePath,
    NEXT_PUBLIC_MACHINE_DIR: machineDir,
    NEXT_PUBLIC_GUEST_DIR: guestDir,
  };
}
