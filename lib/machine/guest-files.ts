/** The files of a guest image, fetched with byte progress: what a restore needs at once, what a cold boot needs later. */
import type { V86Options } from "v86";
import type { KernelLayout } from "../protocol/layout.ts";
import { type GuestManifest, type ImageFile, LAYOUT_FILE, SNAPSHOT_FILE } from "../protocol/manifest.ts";
import { deviceOptions, filesystemOptions } from "./devices.ts";
import type { MachineHost } from "./host.ts";

export interface GuestFiles {
  readonly manifestUrl: string;
  readonly manifest: GuestManifest;
  readonly layout: KernelLayout;
  /** zstd-compressed v86 state, on its way: v86 is made ready meanwhile. Kept, so that a reset costs no download. */
  readonly snapshot: Promise<ArrayBuffer>;
  receivedBytes(): number;
}

export async function loadGuestFiles(
  host: MachineHost,
  manifestUrl: string,
  onProgress: (receivedBytes: number, totalBytes: number) => void,
): Promise<GuestFiles> {
  let receivedBytes = 0;
  let totalBytes = 0;
  const load = (url: string): Promise<ArrayBuffer> =>
    host.load(url, (bytes) => {
      receivedBytes += bytes;
      onProgress(receivedBytes, Math.max(totalBytes, receivedBytes));
    });
  // Whoever awaits it hears of a failure; until then nobody does.
  const begin = (url: string): Promise<ArrayBuffer> => {
    const loading = load(url);
    loading.catch(() => {});
    return loading;
  };
  // Asked for at once: waiting for the manifest first would cost the visitor a round trip.
  const urls = [SNAPSHOT_FILE, LAYOUT_FILE].map((name) => new URL(name, manifestUrl).href);
  const early = new Map(urls.map((url) => [url, begin(url)]));
  const manifestJson = await load(manifestUrl);
  const manifestBytes = manifestJson.byteLength;
  const manifest = readJson<GuestManifest>(manifestJson, manifestUrl);
  if (manifest.version !== 1) throw new Error(`${manifestUrl}: version ${manifest.version}, want 1; rebuild the image`);
  const { snapshot, layout } = manifest.files;
  totalBytes = manifestBytes + snapshot.size + layout.size;
  const arriving = (file: ImageFile): Promise<ArrayBuffer> =>
    early.get(urlOf(manifestUrl, file)) ?? begin(urlOf(manifestUrl, file));
  const state = arriving(snapshot);
  const layoutJson = readJson<KernelLayout>(await arriving(layout), layout.path);
  return { manifestUrl, manifest, layout: layoutJson, snapshot: state, receivedBytes: () => receivedBytes };
}

/** v86 options to restore a snapshot into: the index of the 9p tree is in the state, no BIOS or kernel is needed. */
export function restoreOptions(host: MachineHost, files: GuestFiles): V86Options {
  return { ...deviceOptions(), filesystem: filesystemOptions(treeLocation(host, files)) };
}

/** v86 options for a cold boot of the same machine. */
export async function coldBootOptions(host: MachineHost, files: GuestFiles): Promise<V86Options> {
  const { bios, vgaBios, bzImage, basefs } = files.manifest.files;
  const [biosBytes, vgaBytes, kernelBytes] = await Promise.all(
    [bios, vgaBios, bzImage].map((file) => host.load(urlOf(files.manifestUrl, file), () => {})),
  );
  if (!biosBytes || !vgaBytes || !kernelBytes) throw new Error(`${files.manifestUrl}: names no BIOS or kernel`);
  return {
    ...deviceOptions(),
    bios: { buffer: biosBytes },
    vga_bios: { buffer: vgaBytes },
    bzimage: { buffer: kernelBytes },
    cmdline: files.manifest.kernel.cmdline,
    filesystem: filesystemOptions(treeLocation(host, files), host.v86Location(urlOf(files.manifestUrl, basefs))),
  };
}

/** Where a file of the 9p tree is, by its name in the pool. */
export const treeFileUrl = ({ manifest, manifestUrl }: GuestFiles, name: string): string =>
  new URL(`${manifest.baseUrl}${name}`, manifestUrl).href;

const urlOf = (manifestUrl: string, file: ImageFile): string => new URL(file.path, manifestUrl).href;

const treeLocation = (host: MachineHost, files: GuestFiles): string =>
  host.v86Location(new URL(files.manifest.baseUrl, files.manifestUrl).href);

function readJson<T>(bytes: ArrayBuffer, name: string): T {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch (cause) {
    throw new Error(`${name}: not JSON`, { cause });
  }
}
