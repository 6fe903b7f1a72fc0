import type { LayerEntry, Overlay } from "../../../lib/protocol/kernel-mount.ts";

/** One path of an overlay as it stands in its layers. */
export interface LayerRow {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  readonly entry: LayerEntry;
  /** Whether a lower layer has the path: it is then covered by the upper one. Null where nobody has looked yet. */
  readonly below: boolean | null;
  /** What a process sees there: the upper one's, both merged (directories), or nothing (a whiteout). */
  readonly seen: "upper" | "both" | "nothing";
}

export function layerRows({ upper }: Overlay): readonly LayerRow[] {
  return [...upper]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map((entry) => {
      const parts = entry.path.split("/");
      const whiteout = entry.kind === "whiteout";
      return {
        path: entry.path,
        name: parts.at(-1) ?? entry.path,
        depth: parts.length - 1,
        entry,
        below: whiteout ? true : entry.copiedUp,
        seen: whiteout ? "nothing" : entry.kind === "directory" && entry.copiedUp && !entry.opaque ? "both" : "upper",
      };
    });
}

export interface LayerSums {
  readonly copiedUp: number;
  readonly whiteouts: number;
  readonly made: number;
  readonly sizeBytes: number;
}

export function layerSums(upper: readonly LayerEntry[]): LayerSums {
  let [copiedUp, whiteouts, made, sizeBytes] = [0, 0, 0, 0];
  for (const entry of upper) {
    sizeBytes += entry.sizeBytes;
    if (entry.kind === "whiteout") whiteouts++;
    else if (entry.kind === "directory") continue;
    else if (entry.copiedUp) copiedUp++;
    else made++;
  }
  return { copiedUp, whiteouts, made, sizeBytes };
}

/** "/var/lib/box/layers/sha256-4f…/fs:…" -> the part of each that tells, topmost first. */
export function lowerNames(lowerdir: string): readonly string[] {
  const names = lowerdir
    .split(":")
    .filter((dir) => dir !== "")
    .map((dir) => {
      const digest = /[0-9a-f]{12,64}/.exec(dir)?.[0];
      return digest ? digest.slice(0, 12) : dir.split("/").filter(Boolean).slice(-2).join("/") || "/";
    });
  return [...new Set(names)];
}
