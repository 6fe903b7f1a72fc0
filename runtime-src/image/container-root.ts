/**
 * A container's root, for verbs that read or write it from outside. Of a running one it is /proc/PID/root, with all that
 * is mounted there; a stopped one's overlay is mounted for the one process that needs it, in a mount namespace that ends
 * with it, so nothing of it can be left.
 */
import { existsSync } from "node:fs";
import type { Host } from "../container/host.ts";
import { diskFolder, type Paths } from "../container/paths.ts";
import { initLayer, makeSharedFolders, rootFolder } from "../container/shared-folders.ts";
import type { ContainerState } from "../container/state.ts";
import { CLONE_NEWNS, MS_PRIVATE, MS_RDONLY, MS_REC } from "../linux/constants.ts";

export interface Root {
  /** To be given to `archive --root`. */
  readonly path: string;
  /** In the process that is to use it. */
  readonly enter: () => void;
}

export function containerRoot(host: Host, { id, pid, status, spec }: ContainerState): Root {
  if (status === "running" && pid !== null) return { path: `/proc/${pid}/root`, enter: () => {} };
  const disk = diskFolder(host.paths, id);
  return overlayRoot(host, spec.layers, { upper: `${disk}/upper`, work: `${disk}/work` });
}

/** Layers uppermost first; without an upper folder it is read-only. */
export function overlayRoot(
  host: Host,
  layers: readonly string[],
  writable: { readonly upper: string; readonly work: string } | null,
): Root {
  const { linux, paths } = host;
  if (!existsSync(initLayer(paths))) makeSharedFolders(paths);
  const path = rootFolder(paths);
  return {
    path,
    enter: () => {
      linux.unshare(CLONE_NEWNS);
      linux.mount("none", "/", null, MS_REC | MS_PRIVATE, null);
      linux.mount("overlay", path, "overlay", writable ? 0 : MS_RDONLY, overlayOptions(paths, layers, writable));
    },
  };
}

function overlayOptions(
  paths: Paths,
  layers: readonly string[],
  writable: { readonly upper: string; readonly work: string } | null,
): string {
  const lower = `lowerdir=${[...layers, ...(layers.length < 2 || writable ? [`${initLayer(paths)}`] : [])].join(":")}`;
  return writable ? `${lower},upperdir=${writable.upper},workdir=${writable.work}` : lower;
}
