/**
 * `manifest.json` of a built guest image: everything a page or a tool has to fetch to start the machine.
 * Paths are relative to the manifest. Sizes are bytes as served.
 */
/** Names that every image uses, beside its manifest: a page may ask for them before it has read the manifest. */
export const SNAPSHOT_FILE = "state.bin.zst";
/**
 * The same state where the server has it as state.bin.br and says `Content-Encoding: br`: 6 % fewer bytes, and the browser
 * expands them while they come in. Other servers answer 404.
 */
export const ENCODED_SNAPSHOT_FILE = "state.bin";
export const LAYOUT_FILE = "layout.json";

export interface ImageFile {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

export interface GuestManifest {
  readonly version: 1;
  /** Hash over the whole image: names the folder it is served from. */
  readonly image: string;
  readonly v86: string;
  readonly memoryBytes: number;
  readonly kernel: { readonly release: string; readonly sourceVersion: string; readonly cmdline: string };
  readonly files: {
    readonly bzImage: ImageFile;
    readonly bios: ImageFile;
    readonly vgaBios: ImageFile;
    /** zstd-compressed v86 state. */
    readonly snapshot: ImageFile;
    readonly layout: ImageFile;
    /** v86 9p index (fs.json). */
    readonly basefs: ImageFile;
  };
  /** Folder of content-addressed 9p files, for v86's `baseurl`. */
  readonly baseUrl: string;
  /** Bytes of the v86 state once it is expanded. */
  readonly stateBytes: number;
  /** Guest CLOCK_REALTIME when the snapshot was saved, ms since the epoch. */
  readonly snapshotEpochMs: number;
  /** What the guest had written to each terminal (hvc0, hvc2) when the state was saved, greeting and prompt: a restored
   * terminal starts with it, as the bytes themselves are not part of a v86 state. */
  readonly terminals?: Readonly<Record<string, string>>;
  /** Debian packages of the root file system, with versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** Container images that come with the guest. */
  readonly images: readonly { readonly name: string; readonly digest: string; readonly size: number }[];
  readonly box: string;
}
