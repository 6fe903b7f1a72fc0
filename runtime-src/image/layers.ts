/** Layers by diff id, wherever they lie: unpacked on the disk with a note of their size, or bundled as a compressed blob. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Paths } from "../container/paths.ts";
import { bundledLayer, indexFile, listBundled, ownLayer } from "./store.ts";
import { CONTENT_BYTES, type Descriptor, MEDIA_LAYER, TAR_BYTES } from "./types.ts";

export interface KnownLayer {
  /** Of its tar file. */
  readonly descriptor: Descriptor;
  /** Digest of the compressed blob that came with the guest; null for a layer on the disk. */
  readonly bundledBlob: string | null;
}

const noteFile = (folder: string): string => `${folder}/layer.json`;

export const layerDescriptor = (diffId: string, tarBytes: number, contentBytes: number): Descriptor => ({
  mediaType: MEDIA_LAYER,
  digest: diffId,
  size: tarBytes,
  annotations: { [TAR_BYTES]: String(tarBytes), [CONTENT_BYTES]: String(contentBytes) },
});

/** Gives an unpacked layer its place, unless the machine has it already. */
export function keepLayer(paths: Paths, folder: string, descriptor: Descriptor): void {
  if (existsSync(bundledLayer(paths, descriptor.digest)) || existsSync(ownLayer(paths, descriptor.digest))) {
    rmSync(folder, { recursive: true });
    return;
  }
  writeFileSync(noteFile(folder), JSON.stringify(descriptor), { mode: 0o600 });
  renameSync(folder, ownLayer(paths, descriptor.digest));
}

export function knownLayer(paths: Paths, diffId: string): KnownLayer {
  const own = noteFile(ownLayer(paths, diffId));
  if (existsSync(own)) return { descriptor: JSON.parse(readFileSync(own, "utf8")) as Descriptor, bundledBlob: null };
  for (const { manifest, file } of listBundled(paths)) {
    const blob = manifest.layers[file.rootfs.diff_ids.indexOf(diffId)];
    if (!blob) continue;
    const bytes = (key: string): number => Number(blob.annotations?.[key] ?? 0);
    return {
      descriptor: layerDescriptor(diffId, bytes(TAR_BYTES), bytes(CONTENT_BYTES)),
      bundledBlob: blob.digest,
    };
  }
  throw new Error(`${indexFile(paths.images)}: no layer ${diffId}; load or build the image again`);
}
