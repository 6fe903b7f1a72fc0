/** node:fs/promises: the synchronous calls as promises, and FileHandle. There is no thread pool: a slow disk blocks. */
import { Buffer } from "./buffer.ts";
import type { EncodingOptions, PathLike } from "./fs-arguments.ts";
import * as sync from "./fs-sync.ts";

type Call = (...args: never[]) => unknown;
type Later<T extends Call> = (...args: Parameters<T>) => Promise<Awaited<ReturnType<T>>>;

function later<T extends Call>(call: T): Later<T> {
  return (async (...args: Parameters<T>) => call(...args)) as Later<T>;
}

export const readFile = later(sync.readFileSync);
export const writeFile = later(sync.writeFileSync);
export const appendFile = later(sync.appendFileSync);
export const stat = later(sync.statSync);
export const lstat = later(sync.lstatSync);
export const statfs = later(sync.statfsSync);
export const access = later(sync.accessSync);
export const readdir = later(sync.readdirSync);
export const mkdir = later(sync.mkdirSync);
export const mkdtemp = later(sync.mkdtempSync);
export const rm = later(sync.rmSync);
export const rmdir = later(sync.rmdirSync);
export const unlink = later(sync.unlinkSync);
export const rename = later(sync.renameSync);
export const link = later(sync.linkSync);
export const symlink = later(sync.symlinkSync);
export const readlink = later(sync.readlinkSync);
export const copyFile = later(sync.copyFileSync);
export const chmod = later(sync.chmodSync);
export const chown = later(sync.chownSync);
export const lchown = later(sync.lchownSync);
export const truncate = later(sync.truncateSync);
export const utimes = later(sync.utimesSync);
export const lutimes = later(sync.lutimesSync);
export const realpath = later(sync.realpathSync as (path: PathLike) => string);
export const constants = sync.constants;

export class FileHandle {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  async read(
    buffer: Uint8Array = Buffer.alloc(16384),
    offset = 0,
    length = buffer.length - offset,
    position: number | null = null,
  ): Promise<{ bytesRead: number; buffer: Uint8Array }> {
    return { bytesRead: sync.readSync(this.fd, buffer, offset, length, position), buffer };
  }

  async write(
    data: Uint8Array | string,
    offset?: number | null,
    length?: number | string | null,
    position?: number | null,
  ): Promise<{ bytesWritten: number; buffer: Uint8Array | string }> {
    return { bytesWritten: sync.writeSync(this.fd, data, offset, length, position), buffer: data };
  }

  async readFile(options?: string | EncodingOptions | null): Promise<Buffer | string> {
    return sync.readFileSync(this.fd, options);
  }
  async writeFile(data: Uint8Array | string, options?: string | EncodingOptions | null): Promise<void> {
    sync.writeFileSync(this.fd, data, options);
  }
  async appendFile(data: Uint8Array | string, options?: string | EncodingOptions | null): Promise<void> {
    sync.writeFileSync(this.fd, data, options);
  }
  async stat(): Promise<sync.Stats> {
    return sync.fstatSync(this.fd);
  }
  async truncate(length = 0): Promise<void> {
    sync.ftruncateSync(this.fd, length);
  }
  async sync(): Promise<void> {
    sync.fsyncSync(this.fd);
  }
  async datasync(): Promise<void> {
    sync.fdatasyncSync(this.fd);
  }
  async chmod(mode: number): Promise<void> {
    sync.fchmodSync(this.fd, mode);
  }
  async chown(uid: number, gid: number): Promise<void> {
    sync.fchownSync(this.fd, uid, gid);
  }
  async close(): Promise<void> {
    sync.closeSync(this.fd);
  }
}

export async function open(path: PathLike, flags?: string | number, mode?: string | number): Promise<FileHandle> {
  return new FileHandle(sync.openSync(path, flags, mode));
}

export default {
  readFile,
  writeFile,
  appendFile,
  stat,
  lstat,
  statfs,
  access,
  readdir,
  mkdir,
  mkdtemp,
  rm,
  rmdir,
  unlink,
  rename,
  link,
  symlink,
  readlink,
  copyFile,
  chmod,
  chown,
  lchown,
  truncate,
  utimes,
  lutimes,
  realpath,
  open,
  constants,
};
