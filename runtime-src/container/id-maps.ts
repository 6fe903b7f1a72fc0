/**
 * Maps of a user namespace (user_namespaces(7)), written by the parent, who has the privilege, before the child is told to
 * go on: /proc/PID/uid_map and gid_map take all their lines in one write.
 */
import { type Host, writeKernelFile } from "./host.ts";
import type { ContainerSpec, IdMapping } from "./spec.ts";

export const mapText = (mappings: readonly IdMapping[]): string =>
  mappings.map(({ containerId, hostId, size }) => `${containerId} ${hostId} ${size}\n`).join("");

export function writeIdMaps(
  { linux }: Host,
  pid: number,
  { uidMappings, gidMappings }: Pick<ContainerSpec, "uidMappings" | "gidMappings">,
): void {
  if (uidMappings.length > 0) writeKernelFile(linux, `/proc/${pid}/uid_map`, mapText(uidMappings));
  if (gidMappings.length > 0) writeKernelFile(linux, `/proc/${pid}/gid_map`, mapText(gidMappings));
}
