/** node:path, POSIX rules. */
import calls from "native:process";
import { wrongType } from "./received.ts";

export const sep = "/";
export const delimiter = ":";

interface ParsedPath {
  root: string;
  dir: string;
  base: string;
  ext: string;
  name: string;
}

function checked(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw wrongType(`"${name}"`, "of type string", value);
}

/** Resolves "." and ".."; ".." above the top is kept in a relative path and dropped in an absolute one. */
function collapse(path: string, absolute: boolean): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.length > 0 && kept[kept.length - 1] !== "..") kept.pop();
    else if (!absolute) kept.push("..");
  }
  return kept.join("/");
}

export function isAbsolute(path: string): boolean {
  return checked(path, "path").startsWith("/");
}

export function normalize(path: string): string {
  if (checked(path, "path") === "") return ".";
  const absolute = path.startsWith("/");
  let result = collapse(path, absolute);
  if (result === "" && !absolute) result = ".";
  if (result !== "" && path.endsWith("/")) result += "/";
  return absolute ? `/${result}` : result;
}

export function join(...paths: string[]): string {
  const joined = paths.filter((path) => checked(path, "path") !== "").join("/");
  return joined === "" ? "." : normalize(joined);
}

export function resolve(...paths: string[]): string {
  let resolved = "";
  for (let index = paths.length - 1; index >= 0 && !resolved.startsWith("/"); index--) {
    const path = checked(paths[index], `paths[${index}]`);
    if (path !== "") resolved = resolved === "" ? path : `${path}/${resolved}`;
  }
  if (!resolved.startsWith("/")) resolved = `${calls.cwd()}/${resolved}`;
  return `/${collapse(resolved, true)}`;
}

export function relative(from: string, to: string): string {
  const start = resolve(checked(from, "from")).split("/").filter(Boolean);
  const end = resolve(checked(to, "to")).split("/").filter(Boolean);
  let shared = 0;
  while (shared < start.length && shared < end.length && start[shared] === end[shared]) shared++;
  return [...start.slice(shared).map(() => ".."), ...end.slice(shared)].join("/");
}

export function dirname(path: string): string {
  const trimmed = checked(path, "path").replace(/\/+$/, "");
  if (trimmed === "") return path.startsWith("/") ? "/" : ".";
  const slash = trimmed.lastIndexOf("/");
  if (slash < 0) return ".";
  // a path of exactly two leading slashes keeps both, as in Node
  const folder = trimmed.slice(0, slash);
  if (/^\/*$/.test(folder)) return folder.length === 1 ? "//" : "/";
  return folder;
}

export function basename(path: string, suffix?: string): string {
  if (suffix !== undefined && suffix === checked(path, "path")) return "";
  const trimmed = checked(path, "path").replace(/\/+$/, "");
  const base = trimmed.slice(trimmed.lastIndexOf("/") + 1);
  if (suffix !== undefined && checked(suffix, "suffix") !== "" && base !== suffix && base.endsWith(suffix))
    return base.slice(0, -suffix.length);
  return base;
}

export function extname(path: string): string {
  const base = basename(path);
  const dot = base.lastIndexOf(".");
  return dot <= 0 || base === ".." ? "" : base.slice(dot);
}

export function parse(path: string): ParsedPath {
  const root = checked(path, "path").startsWith("/") ? "/" : "";
  const base = basename(path);
  const ext = extname(base);
  const trimmed = path.replace(/\/+$/, "");
  const slash = trimmed.lastIndexOf("/");
  const dir = slash < 0 ? "" : slash === 0 ? "/" : trimmed.slice(0, slash);
  return { root, dir: trimmed === "" ? root : dir, base, ext, name: base.slice(0, base.length - ext.length) };
}

export function format(object: Partial<ParsedPath>): string {
  const extension = object.ext ? (object.ext.startsWith(".") ? object.ext : `.${object.ext}`) : "";
  const base = object.base ?? `${object.name ?? ""}${extension}`;
  const dir = object.dir || object.root;
  if (!dir) return base;
  return dir === object.root ? `${dir}${base}` : `${dir}/${base}`;
}

export function toNamespacedPath(path: string): string {
  return path;
}

const functions = {
  sep,
  delimiter,
  isAbsolute,
  normalize,
  join,
  resolve,
  relative,
  dirname,
  basename,
  extname,
  parse,
  format,
  toNamespacedPath,
};
export const posix = Object.assign(functions, { posix: functions });
export default posix;
