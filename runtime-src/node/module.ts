/** node:module and CommonJS: require, module, exports, the cache, JSON, and what `import` sees of it. */
import engine from "native:engine";
import fs from "native:fs";
import { embeddedModule, publicModules } from "./modules.ts";
import { dirname, resolve } from "./path.ts";
import { asFileOrFolder, inNodeModules, isModuleFile, isPath, moduleNotFound } from "./resolve.ts";
import { fileURLToPath } from "./url.ts";

export const builtinModules: readonly string[] = publicModules;

interface Require {
  (specifier: string): unknown;
  resolve(specifier: string): string;
  cache: Record<string, Module>;
  main: Module | undefined;
}

export class Module {
  static readonly builtinModules = builtinModules;
  static readonly createRequire = createRequire;
  static readonly _cache: Record<string, Module> = Object.create(null);
  readonly id: string;
  readonly filename: string;
  readonly path: string;
  exports: unknown = {};
  loaded = false;
  readonly children: Module[] = [];

  constructor(filename: string) {
    this.id = filename;
    this.filename = filename;
    this.path = dirname(filename);
  }
}

let mainModule: Module | undefined;

/** The default export where there is one: what require("fs") gives in Node. */
export function requireBuiltin(specifier: string): unknown {
  const name = embeddedModule(specifier);
  if (name === null) throw moduleNotFound(`No such built-in module: ${specifier}`, "ERR_UNKNOWN_BUILTIN_MODULE");
  const namespace = engine.requireEmbedded(name);
  return namespace.default ?? namespace;
}

function resolveRequire(specifier: string, from: string): string {
  const found = isPath(specifier)
    ? asFileOrFolder(resolve(dirname(from), specifier))
    : inNodeModules(specifier, dirname(from), "require");
  if (found) return fs.realpath(found);
  throw moduleNotFound(`Cannot find module '${specifier}'\nRequire stack:\n- ${from}`, "MODULE_NOT_FOUND");
}

function requireFrom(from: string): Require {
  const require = (specifier: string): unknown => {
    if (specifier.startsWith("node:") || embeddedModule(specifier)) return requireBuiltin(specifier);
    return loadCommonJs(resolveRequire(specifier, from)).exports;
  };
  return Object.assign(require, {
    resolve: (specifier: string): string => (embeddedModule(specifier) ? specifier : resolveRequire(specifier, from)),
    cache: Module._cache,
    main: mainModule,
  });
}

export function createRequire(from: string | URL): Require {
  return requireFrom(typeof from === "string" && from.startsWith("/") ? from : fileURLToPath(from));
}

/** A "#!" line is a comment; its newline stays, so that lines keep their numbers. */
export function withoutHashbang(source: string): string {
  return source.startsWith("#!") ? `//${source}` : source;
}

type Wrapper = (exports: unknown, require: Require, module: Module, filename: string, dirname: string) => void;

export function compileCommonJs(module: Module, source: string): void {
  const head = "(function (exports, require, module, __filename, __dirname) {";
  const wrapper = engine.evalScript(`${head}${withoutHashbang(source)}\n})`, module.filename) as Wrapper;
  wrapper.call(module.exports, module.exports, requireFrom(module.filename), module, module.filename, module.path);
  module.loaded = true;
}

export function loadCommonJs(path: string, asMain = false): Module {
  const cached = Module._cache[path];
  if (cached) return cached;
  if (isModuleFile(path)) {
    throw moduleNotFound(`require() of ES Module ${path} not supported; use import()`, "ERR_REQUIRE_ESM");
  }
  const module = new Module(path);
  Module._cache[path] = module;
  if (asMain) mainModule = module;
  try {
    const source = fs.readFile(path, true, 0) as string;
    if (path.endsWith(".json")) module.exports = parseJson(source, path);
    else compileCommonJs(module, source);
  } catch (error) {
    delete Module._cache[path];
    throw error;
  }
  return module;
}

function parseJson(source: string, path: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw Object.assign(error as Error, { message: `${path}: ${(error as Error).message}` });
  }
}

export { requireFrom };
export default Module;
