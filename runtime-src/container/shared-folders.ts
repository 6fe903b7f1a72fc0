/**
 * Folders below /var/lib/box that all containers share: the mount point of their roots (each mounts in a namespace of
 * its own), and docker's "init" layer, empty mount points that lie between the image's layers and the container's.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Paths } from "./paths.ts";

export const rootFolder = ({ lib }: Paths): string => `${lib}/rootfs`;
export const initLayer = ({ lib }: Paths): string => `${lib}/init-layer`;

export function makeSharedFolders(paths: Paths): void {
  mkdirSync(`${paths.lib}/containers`, { recursive: true, mode: 0o711 });
  mkdirSync(rootFolder(paths), { recursive: true, mode: 0o755 });
  const layer = initLayer(paths);
  for (const folder of ["dev", "etc", "proc", "sys"]) mkdirSync(`${layer}/${folder}`, { recursive: true, mode: 0o755 });
  for (const file of ["hostname", "hosts", "resolv.conf"]) writeFileSync(`${layer}/etc/${file}`, "", { mode: 0o644 });
}
