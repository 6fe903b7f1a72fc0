/**
 * The files behind v86's virtio-9p device, loaded by us: its own loader retries a failed download for ever, or not at all
 * and lets the request hang, and what it throws nobody catches. Here a file is tried a few times; then each read of it
 * is answered with Rlerror EIO (9P2000.L), for a while at once: the kernel asks for every page again. After that a read
 * tries anew.
 *
 * v86 has no seam for it, so three methods of its objects are wrapped, by their names in lib/filesystem.js, lib/9p.js and
 * src/browser/filestorage.js of the pinned version: the storage's load_from_server, the file system's Read, and the
 * device's BuildReply. A failed Read cannot tell the device directly: it hands it data of a kind that marks the reply
 * which is being built, in the same turn, as failed.
 */
import type { V86 } from "v86";

export type LoadTreeFile = (name: string) => Promise<ArrayBuffer>;

const WAITS_MS: readonly number[] = [0, 300, 1_500];
const GIVEN_UP_MS = 3_000;
const EIO = 5;
const RLERROR_REQUEST = 6;
const ERROR_OFFSET = 7;
const ERROR_SIZE = 4;

interface Storage {
  load_from_server(name: string, sizeBytes: number): Promise<Uint8Array>;
  cache(name: string, data: Uint8Array): Promise<void>;
  zstd_decompress(sizeBytes: number, data: Uint8Array): ArrayBuffer;
}

interface FileSystem {
  storage: Storage;
  Read(inode: number, offset: number, count: number): Promise<unknown>;
  /** Folders have their entries by name. */
  inodes: readonly { readonly direntries?: ReadonlyMap<string, number> }[];
}

interface Device {
  fs: FileSystem;
  replybuffer: Uint8Array;
  BuildReply(request: number, tag: number, size: number): void;
}

interface Insides {
  v86?: { cpu?: { devices?: { virtio_9p?: Partial<Device> } } };
}

export function serveTree(v86: V86, load: LoadTreeFile, onFailure: (path: string, reason: string) => void): void {
  const device = deviceOf(v86);
  const { fs } = device;
  fs.storage.load_from_server = loader(fs.storage, load);
  let isFailed = false;
  const failure = {
    // Read when the device copies the data into its reply.
    get length(): number {
      isFailed = true;
      return 0;
    },
  };
  const told = new Set<number>();
  const read = fs.Read.bind(fs);
  fs.Read = async (inode, offset, count) => {
    try {
      const data = await read(inode, offset, count);
      told.delete(inode);
      return data;
    } catch (error) {
      if (!told.has(inode)) onFailure(pathOf(fs, inode), (error as Error).message);
      told.add(inode);
      return failure;
    }
  };
  const buildReply = device.BuildReply.bind(device);
  device.BuildReply = (request, tag, size) => {
    if (!isFailed) return buildReply(request, tag, size);
    isFailed = false;
    new DataView(device.replybuffer.buffer, device.replybuffer.byteOffset).setUint32(ERROR_OFFSET, EIO, true);
    buildReply(RLERROR_REQUEST, tag, ERROR_SIZE);
  };
}

/** One of its names; the file system keeps no way up from a file, so it is searched. */
function pathOf({ inodes }: Pick<FileSystem, "inodes">, inode: number): string {
  for (const [folder, { direntries }] of inodes.entries()) {
    for (const [name, entry] of direntries ?? []) {
      if (entry !== inode || name === "." || name === "..") continue;
      return folder === 0 ? `/${name}` : `${pathOf({ inodes }, folder)}/${name}`;
    }
  }
  return `inode ${inode}`;
}

function deviceOf(v86: V86): Device {
  const device = (v86 as unknown as Insides).v86?.cpu?.devices?.virtio_9p;
  const isKnown =
    device?.BuildReply &&
    device.replybuffer &&
    device.fs?.Read &&
    device.fs.inodes &&
    device.fs.storage?.load_from_server;
  if (!isKnown) throw new Error("v86's 9p device is not what it was; install the pinned v86 version");
  return device as Device;
}

/** Readers of one file that come while it is on its way share the download. */
function loader(storage: Storage, load: LoadTreeFile): Storage["load_from_server"] {
  const onTheWay = new Map<string, Promise<Uint8Array>>();
  const givenUp = new Map<string, { readonly untilMs: number; readonly reason: unknown }>();
  const fetchFile = async (name: string, sizeBytes: number): Promise<Uint8Array> => {
    try {
      const stored = new Uint8Array(await withRetries(() => load(name)));
      const data = name.endsWith(".zst") ? new Uint8Array(storage.zstd_decompress(sizeBytes, stored)) : stored;
      if (data.length !== sizeBytes) throw new Error(`${name}: ${data.length} bytes instead of ${sizeBytes}`);
      await storage.cache(name, data);
      return data;
    } catch (reason) {
      givenUp.set(name, { untilMs: performance.now() + GIVEN_UP_MS, reason });
      throw reason;
    } finally {
      onTheWay.delete(name);
    }
  };
  return (name, sizeBytes) => {
    const failed = givenUp.get(name);
    if (failed && performance.now() < failed.untilMs) return Promise.reject(failed.reason);
    givenUp.delete(name);
    const known = onTheWay.get(name) ?? fetchFile(name, sizeBytes);
    onTheWay.set(name, known);
    return known;
  };
}

async function withRetries<T>(attempt: () => Promise<T>): Promise<T> {
  let last: unknown;
  for (const waitMs of WAITS_MS) {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    try {
      return await attempt();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
