/** The files of a guest image, fetched with byte progress: what a restore needs at once, what a cold boot needs later. */
import type { V86Options } from "v86";
import type { KernelLayout } from "../protocol/layout.ts";
import {
  ENCODED_SNAPSHOT_FILE,
  type GuestManifest,
  type ImageFile,
  LAYOUT_FILE,
  SNAPSHOT_FILE,
} from "../protocol/manifest.ts";
import { deviceOptions, filesystemOptions } from "./devices.ts";
import type { MachineHost } from "./host.ts";

export interface GuestFiles {
  readonly manifestUrl: string;
  readonly manifest: GuestManifest;
  readonly layout: KernelLayout;
  /** v86 state, as it is or zstd-compressed, on its way: v86 is made ready meanwhile. Kept, so that a reset costs no download. */
  readonly snapshot: Promise<ArrayBuffer>;
  receivedBytes(): number;
}

export async function loadGuestFiles(
  host: MachineHost,
  manifestUrl: string,
  onProgress: (receivedBytes: number, totalBytes: number) => void,
): Promise<GuestFiles> {
  const arrivals = new Map<string, Arrival>();
  let manifest: GuestManifest | null = null;
  const receivedBytes = (): number => {
    const sum = [...arrivals].reduce((bytes, [url, arrival]) => bytes + sentSoFar(url, arrival, manifest), 0);
    return Math.round(sum);
  };
  const load = (url: string): Promise<ArrayBuffer> =>
    host.load(url, (bytes, sentBytes) => {
      arrivals.set(url, { bytes: (arrivals.get(url)?.bytes ?? 0) + bytes, sentBytes });
      onProgress(receivedBytes(), Math.max(totalBytes(), receivedBytes()));
    });
  const totalBytes = (): number => {
    if (!manifest) return 0;
    const { snapshot, layout } = manifest.files;
    const sent = (name: string, size: number): number => arrivals.get(at(name))?.sentBytes ?? size;
    return sent(ENCODED_SNAPSHOT_FILE, snapshot.size) + sent(LAYOUT_FILE, layout.size);
  };
  const at = (name: string): string => new URL(name, manifestUrl).href;
  // Asked for at once: waiting for the manifest first would cost the visitor a round trip.
  const snapshot = load(at(ENCODED_SNAPSHOT_FILE)).catch(() => load(at(SNAPSHOT_FILE)));
  const layoutJson = load(at(LAYOUT_FILE));
  // Whoever awaits it hears of a failure; until then nobody does.
  for (const early of [snapshot, layoutJson]) early.catch(() => {});
  const manifestJson = await load(manifestUrl);
  manifest = readJson<GuestManifest>(manifestJson, manifestUrl);
  if (manifest.version !== 1) throw new Error(`${manifestUrl}: version ${manifest.version}, want 1; rebuild the image`);
  const layout = readJson<KernelLayout>(await layoutJson, LAYOUT_FILE);
  return { manifestUrl, manifest, layout, snapshot, receivedBytes };
}

interface Arrival {
  readonly bytes: number;
  readonly sentBytes: number | null;
}

/** Of an answer that was compressed on its way, what the expanded bytes have cost. */
function sentSoFar(url: string, { bytes, sentBytes }: Arrival, manifest: GuestManifest | null): number {
  if (sentBytes === null) return bytes;
  const isState = url.endsWith(`/${ENCODED_SNAPSHOT_FILE}`);
  const wholeBytes = isState ? (manifest?.stateBytes ?? Number.POSITIVE_INFINITY) : sentBytes;
  return sentBytes * Math.min(1, bytes / wholeBytes);
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
