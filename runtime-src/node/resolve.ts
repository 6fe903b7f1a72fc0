/** How a specifier becomes a file: relative and absolute paths, file: URLs, and packages in node_modules (package.json main). */
import fs from "native:fs";
import { dirname, join, resolve } from "./path.ts";
import { fileURLToPath } from "./url.ts";

const DIRECTORY = 0o040000;
const REGULAR = 0o100000;
const TYPE_MASK = 0o170000;

function typeOf(path: string): number {
  return ((fs.stat(path, true, true)?.[1] as number | undefined) ?? 0) & TYPE_MASK;
}

function isFile(path: string): boolean {
  const type = typeOf(path);
  return type !== 0 && type !== DIRECTORY;
}

export interface PackageJson {
  main?: string;
  type?: string;
  exports?: unknown;
}

const packages = new Map<string, PackageJson | null>();

export function packageIn(folder: string): PackageJson | null {
  const known = packages.get(folder);
  if (known !== undefined) return known;
  const path = join(folder, "package.json");
  const found = isFile(path) ? (JSON.parse(fs.readFile(path, true, 0) as string) as PackageJson) : null;
  packages.set(folder, found);
  return found;
}

/** Whether a .js file is an ES module: the nearest package.json decides. */
export function isModuleFile(path: string): boolean {
  if (path.endsWith(".mjs")) return true;
  if (!path.endsWith(".js")) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = packageIn(folder);
    if (found) return found.type === "module";
    if (folder === "/") return false;
  }
}

export function moduleNotFound(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

/** `exports` as a string, or "." with import, require or default. Deeper maps are not followed. */
function exportsTarget(exports: unknown, condition: "import" | "require"): string | null {
  const root = typeof exports === "object" && exports !== null && "." in exports ? exports["."] : exports;
  if (typeof root === "string") return root;
  if (typeof root !== "object" || root === null) return null;
  const conditions = root as Record<string, unknown>;
  return exportsTarget(conditions.node ?? conditions[condition] ?? conditions.default ?? null, condition);
}

/** With the extensions and index files that require() tries. */
export function asFileOrFolder(path: string): string | null {
  for (const candidate of [path, `${path}.js`, `${path}.json`, `${path}.cjs`]) if (isFile(candidate)) return candidate;
  if (typeOf(path) !== DIRECTORY) return null;
  const main = packageIn(path)?.main;
  const fromMain = main === undefined ? null : asFileOrFolder(join(path, main));
  return fromMain ?? [join(path, "index.js"), join(path, "index.json")].find(isFile) ?? null;
}

export function inNodeModules(specifier: string, from: string, condition: "import" | "require"): string | null {
  const parts = specifier.split("/");
  const name = parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  const rest = specifier.slice(name.length + 1);
  for (let folder = from; ; folder = dirname(folder)) {
    const root = join(folder, "node_modules", name);
    if (typeOf(root) === DIRECTORY) {
      const target = rest === "" ? exportsTarget(packageIn(root)?.exports, condition) : null;
      return asFileOrFolder(target === null ? join(root, rest) : join(root, target));
    }
    if (folder === "/") return null;
  }
}

export function isPath(specifier: string): boolean {
  return /^(\.{1,2}(\/|$)|\/)/.test(specifier);
}

/** For `import`: no extensions are tried. */
export function resolveImport(base: string, specifier: string): string {
  const folder = base.startsWith("/") ? dirname(base) : resolve(".");
  if (specifier.startsWith("file:") || isPath(specifier)) {
    const path = specifier.startsWith("file:")
      ? fileURLToPath(specifier)
      : resolve(folder, decodeURIComponent(specifier));
    if (isFile(path)) return typeOf(path) === REGULAR ? fs.realpath(path) : path;
    throw moduleNotFound(`Cannot find module '${path}' imported from ${base}`, "ERR_MODULE_NOT_FOUND");
  }
  const found = inNodeModules(specifier, folder, "import");
  if (found) return found;
  throw moduleNotFound(`Cannot find package '${specifier}' imported from ${base}`, "ERR_MODULE_NOT_FOUND");
}
