/** What the functions of node:fs accept: paths, flags, modes, encodings, times. */
import { encodingNumber } from "./buffer.ts";
import { wrongType } from "./received.ts";
import { fileURLToPath } from "./url.ts";

export type PathLike = string | Uint8Array | URL;

/** open(2) flags on x86. */
export const openFlags = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_DSYNC: 0o10000,
  O_DIRECT: 0o40000,
  O_DIRECTORY: 0o200000,
  O_NOFOLLOW: 0o400000,
  O_NOATIME: 0o1000000,
  O_SYNC: 0o4010000,
} as const;

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_SYNC } = openFlags;

const FLAGS: Readonly<Record<string, number>> = {
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  "r+": O_RDWR,
  "rs+": O_RDWR | O_SYNC,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  "w+": O_RDWR | O_CREAT | O_TRUNC,
  "wx+": O_RDWR | O_CREAT | O_TRUNC | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
  ax: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
  "a+": O_RDWR | O_CREAT | O_APPEND,
  "ax+": O_RDWR | O_CREAT | O_APPEND | O_EXCL,
  as: O_WRONLY | O_CREAT | O_APPEND | O_SYNC,
};

function invalid(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

export function flagNumber(flag: string | number | null | undefined, fallback = "r"): number {
  if (typeof flag === "number") return flag;
  const number = FLAGS[flag ?? fallback];
  if (number === undefined)
    throw invalid("ERR_INVALID_ARG_VALUE", `The argument 'flags' is invalid. Received '${flag}'`);
  return number;
}

export function modeNumber(mode: string | number | null | undefined, fallback: number): number {
  if (mode === undefined || mode === null) return fallback;
  return typeof mode === "string" ? Number.parseInt(mode, 8) : mode;
}

export function pathText(path: PathLike): string {
  if (typeof path === "string") return path;
  if (path instanceof Uint8Array) return new TextDecoder().decode(path);
  if (path !== null && typeof path === "object" && "href" in path) return fileURLToPath(path);
  throw wrongType('"path"', "of type string or an instance of Buffer or URL", path);
}

/** A path or a descriptor. */
export function targetOf(target: PathLike | number): string | number {
  return typeof target === "number" ? target : pathText(target);
}

export interface EncodingOptions {
  encoding?: string | null;
  flag?: string | number;
  mode?: string | number;
}

export function optionsOf<T extends object>(options: string | T | null | undefined): T & EncodingOptions {
  if (typeof options === "string") return { encoding: options } as T & EncodingOptions;
  return (options ?? {}) as T & EncodingOptions;
}

/** null: bytes are wanted. */
export function textEncoding(options: EncodingOptions): number | null {
  const { encoding } = options;
  return encoding === undefined || encoding === null || encoding === "buffer" ? null : encodingNumber(encoding);
}

export function toSeconds(time: number | string | Date): number {
  return time instanceof Date ? time.getTime() / 1000 : Number(time);
}
