/**
 * node:fs, the synchronous calls. Behaves as Node 20's documentation says for what exists (API.md); callbacks and promises are the
 * same calls, answered later (fs-callbacks.ts, fs-promises.ts). `watch` is refused: nothing in the guest needs it.
 */
import calls from "native:fs";
import text from "native:text";
import { asBuffer, Buffer } from "./buffer.ts";
import {
  type EncodingOptions,
  flagNumber,
  modeNumber,
  openFlags,
  optionsOf,
  type PathLike,
  pathText,
  targetOf,
  textEncoding,
  toSeconds,
} from "./fs-arguments.ts";
import { Dirent, Stats } from "./fs-stats.ts";

type Data = string | Uint8Array | ArrayBufferView;

export const constants = {
  F_OK: 0,
  R_OK: 4,
  W_OK: 2,
  X_OK: 1,
  COPYFILE_EXCL: 1,
  S_IFMT: 0o170000,
  S_IFREG: 0o100000,
  S_IFDIR: 0o040000,
  S_IFCHR: 0o020000,
  S_IFBLK: 0o060000,
  S_IFIFO: 0o010000,
  S_IFLNK: 0o120000,
  S_IFSOCK: 0o140000,
  ...openFlags,
} as const;

function bytesOf(data: Data): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function encoded(data: Data, encoding: string | null | undefined): string | Uint8Array {
  if (typeof data !== "string" || !encoding || encoding === "utf8" || encoding === "utf-8") return bytesOf(data);
  return Buffer.from(data, encoding);
}

export function readFileSync(path: PathLike | number, options?: string | EncodingOptions | null): Buffer | string {
  const given = optionsOf(options);
  const encoding = textEncoding(given);
  const result = calls.readFile(targetOf(path), encoding === 0, flagNumber(given.flag));
  if (typeof result === "string") return result;
  return encoding === null ? asBuffer(result) : text.decode(result, encoding, 0, result.length);
}

export function writeFileSync(path: PathLike | number, data: Data, options?: string | EncodingOptions | null): void {
  const { encoding, flag, mode } = optionsOf(options);
  calls.writeFile(targetOf(path), encoded(data, encoding), flagNumber(flag, "w"), modeNumber(mode, 0o666));
}

export function appendFileSync(path: PathLike | number, data: Data, options?: string | EncodingOptions | null): void {
  const given = optionsOf(options);
  writeFileSync(path, data, { ...given, flag: given.flag ?? "a" });
}

export function openSync(path: PathLike, flags?: string | number, mode?: string | number): number {
  return calls.open(pathText(path), flagNumber(flags), modeNumber(mode, 0o666));
}

export function closeSync(fd: number): void {
  calls.close(fd);
}

interface ReadOptions {
  offset?: number;
  length?: number;
  position?: number | bigint | null;
}

export function readSync(
  fd: number,
  buffer: ArrayBufferView,
  offsetOrOptions?: number | ReadOptions,
  length?: number,
  position?: number | bigint | null,
): number {
  const bytes = bytesOf(buffer) as Uint8Array;
  if (typeof offsetOrOptions === "object")
    return readSync(fd, buffer, offsetOrOptions.offset ?? 0, offsetOrOptions.length, offsetOrOptions.position);
  const offset = offsetOrOptions ?? 0;
  return calls.read(fd, bytes, offset, length ?? bytes.length - offset, position ?? null);
}

export function writeSync(
  fd: number,
  data: Data,
  offsetOrPosition?: number | null,
  lengthOrEncoding?: number | string | null,
  position?: number | null,
): number {
  if (typeof data === "string") {
    const encoding = typeof lengthOrEncoding === "string" ? lengthOrEncoding : null;
    const bytes = encoded(data, encoding);
    return calls.write(fd, bytes, 0, bytes.length, offsetOrPosition ?? null);
  }
  const bytes = bytesOf(data) as Uint8Array;
  const offset = offsetOrPosition ?? 0;
  const length = typeof lengthOrEncoding === "number" ? lengthOrEncoding : bytes.length - offset;
  return calls.write(fd, bytes, offset, length, position ?? null);
}

export function fsyncSync(fd: number): void {
  calls.fsync(fd, 0, 0);
}
export function fdatasyncSync(fd: number): void {
  calls.fdatasync(fd, 0, 0);
}
export function ftruncateSync(fd: number, length = 0): void {
  calls.ftruncate(fd, length, 0);
}
export function truncateSync(path: PathLike, length = 0): void {
  calls.truncate(pathText(path), length, 0);
}

interface StatOptions {
  throwIfNoEntry?: boolean;
}

function statOf(target: string | number, follow: boolean, options?: StatOptions): Stats | undefined {
  const numbers = calls.stat(target, follow, options?.throwIfNoEntry === false);
  return numbers && new Stats(numbers);
}

export function statSync(path: PathLike, options?: StatOptions): Stats | undefined {
  return statOf(pathText(path), true, options);
}
export function lstatSync(path: PathLike, options?: StatOptions): Stats | undefined {
  return statOf(pathText(path), false, options);
}
export function fstatSync(fd: number): Stats {
  return statOf(fd, true) as Stats;
}

export function statfsSync(path: PathLike): Record<string, number> {
  const [type, bsize, blocks, bfree, bavail, files, ffree] = calls.statfs(pathText(path)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { type, bsize, blocks, bfree, bavail, files, ffree };
}

export function existsSync(path: PathLike): boolean {
  try {
    return calls.exists(pathText(path));
  } catch {
    return false;
  }
}

export function accessSync(path: PathLike, mode: number = constants.F_OK): void {
  calls.access(pathText(path), mode, 0);
}

interface ReaddirOptions extends EncodingOptions {
  withFileTypes?: boolean;
  recursive?: boolean;
}

export function readdirSync(path: PathLike, options?: string | ReaddirOptions | null): string[] | Dirent[] {
  const given = optionsOf<ReaddirOptions>(options);
  const root = pathText(path);
  // In the order of libuv's scandir: Node sorts nothing.
  if (!given.recursive && !given.withFileTypes) return calls.readdir(root, false) as string[];
  const found: Dirent[] = [];
  const names: string[] = [];
  const visit = (folder: string, prefix: string): void => {
    const entries = calls.readdir(folder, true);
    for (let index = 0; index < entries.length; index += 2) {
      const dirent = new Dirent(entries[index] as string, folder, entries[index + 1] as number);
      found.push(dirent);
      names.push(prefix + dirent.name);
      if (given.recursive && dirent.isDirectory()) visit(`${folder}/${dirent.name}`, `${prefix}${dirent.name}/`);
    }
  };
  visit(root, "");
  return given.withFileTypes ? found : names;
}

interface MkdirOptions {
  recursive?: boolean;
  mode?: string | number;
}

export function mkdirSync(path: PathLike, options?: number | string | MkdirOptions | null): string | undefined {
  const { recursive, mode } =
    typeof options === "object" && options !== null ? options : { recursive: false, mode: options ?? undefined };
  if (recursive) return calls.mkdirAll(pathText(path), modeNumber(mode, 0o777));
  calls.mkdir(pathText(path), modeNumber(mode, 0o777), 0);
  return undefined;
}

export function mkdtempSync(prefix: string): string {
  return calls.mkdtemp(prefix);
}

interface RmOptions {
  recursive?: boolean;
  force?: boolean;
}

export function rmSync(path: PathLike, options?: RmOptions): void {
  const target = pathText(path);
  const stats = statOf(target, false, { throwIfNoEntry: options?.force !== true });
  if (!stats) return;
  if (!stats.isDirectory()) {
    calls.unlink(target, 0, 0);
    return;
  }
  if (options?.recursive) {
    calls.removeTree(target);
    return;
  }
  const error = new Error(`Path is a directory: rm returned EISDIR (is a directory) ${target}`);
  throw Object.assign(error, { code: "ERR_FS_EISDIR", errno: 21, syscall: "rm", path: target });
}

export function rmdirSync(path: PathLike): void {
  calls.rmdir(pathText(path), 0, 0);
}
export function unlinkSync(path: PathLike): void {
  calls.unlink(pathText(path), 0, 0);
}
export function renameSync(from: PathLike, to: PathLike): void {
  calls.rename(pathText(from), pathText(to), 0);
}
export function linkSync(from: PathLike, to: PathLike): void {
  calls.link(pathText(from), pathText(to), 0);
}
export function symlinkSync(target: PathLike, path: PathLike, _type?: string | null): void {
  calls.symlink(pathText(target), pathText(path), 0);
}
export function readlinkSync(path: PathLike): string {
  return calls.readlink(pathText(path));
}
export function copyFileSync(from: PathLike, to: PathLike, mode = 0): void {
  calls.copyFile(pathText(from), pathText(to), mode);
}
export function chmodSync(path: PathLike, mode: string | number): void {
  calls.chmod(pathText(path), modeNumber(mode, 0), 0);
}
export function fchmodSync(fd: number, mode: string | number): void {
  calls.fchmod(fd, modeNumber(mode, 0), 0);
}
export function chownSync(path: PathLike, uid: number, gid: number): void {
  calls.chown(pathText(path), uid, gid);
}
export function lchownSync(path: PathLike, uid: number, gid: number): void {
  calls.lchown(pathText(path), uid, gid);
}
export function fchownSync(fd: number, uid: number, gid: number): void {
  calls.fchown(fd, uid, gid);
}

type Time = number | string | Date;

export function utimesSync(path: PathLike, atime: Time, mtime: Time): void {
  calls.utimes(pathText(path), toSeconds(atime), toSeconds(mtime), true);
}
export function lutimesSync(path: PathLike, atime: Time, mtime: Time): void {
  calls.utimes(pathText(path), toSeconds(atime), toSeconds(mtime), false);
}
export function futimesSync(fd: number, atime: Time, mtime: Time): void {
  calls.utimes(fd, toSeconds(atime), toSeconds(mtime), true);
}

export const realpathSync = Object.assign((path: PathLike): string => calls.realpath(pathText(path)), {
  native: (path: PathLike): string => calls.realpath(pathText(path)),
});

export function watch(): never {
  throw Object.assign(new Error("fs.watch is not available in this runtime"), {
    code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
  });
}
export const watchFile = watch;

export { Dirent, Stats };
