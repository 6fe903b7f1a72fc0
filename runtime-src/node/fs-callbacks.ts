/** node:fs with callbacks: the synchronous call is made at once, the callback runs on a later turn of the loop. */

import * as sync from "./fs-sync.ts";
import { wrongType } from "./received.ts";
import { setImmediate } from "./timers.ts";

type Sync = (...args: never[]) => unknown;
type WithCallback = (...args: unknown[]) => void;

function callback(call: Sync): WithCallback {
  return (...args) => {
    const done = args.pop() as (error: unknown, result?: unknown) => void;
    if (typeof done !== "function") {
      throw wrongType('"cb"', "of type function", done);
    }
    let result: unknown;
    try {
      result = (call as (...values: unknown[]) => unknown)(...args);
    } catch (error) {
      setImmediate(() => done(error));
      return;
    }
    setImmediate(() => (result === undefined ? done(null) : done(null, result)));
  };
}

export const readFile = callback(sync.readFileSync);
export const writeFile = callback(sync.writeFileSync);
export const appendFile = callback(sync.appendFileSync);
export const open = callback(sync.openSync);
export const close = callback(sync.closeSync);
export const read = callback(sync.readSync as Sync);
export const write = callback(sync.writeSync as Sync);
export const fsync = callback(sync.fsyncSync);
export const ftruncate = callback(sync.ftruncateSync);
export const truncate = callback(sync.truncateSync);
export const stat = callback(sync.statSync);
export const lstat = callback(sync.lstatSync);
export const fstat = callback(sync.fstatSync);
export const access = callback(sync.accessSync);
export const readdir = callback(sync.readdirSync);
export const mkdir = callback(sync.mkdirSync);
export const mkdtemp = callback(sync.mkdtempSync);
export const rm = callback(sync.rmSync);
export const rmdir = callback(sync.rmdirSync);
export const unlink = callback(sync.unlinkSync);
export const rename = callback(sync.renameSync);
export const link = callback(sync.linkSync);
export const symlink = callback(sync.symlinkSync);
export const readlink = callback(sync.readlinkSync);
export const copyFile = callback(sync.copyFileSync);
export const chmod = callback(sync.chmodSync);
export const chown = callback(sync.chownSync);
export const utimes = callback(sync.utimesSync);
export const realpath = callback(sync.realpathSync);

export function exists(path: string, done: (there: boolean) => void): void {
  const there = sync.existsSync(path);
  setImmediate(() => done(there));
}
