/**
 * The `node` command: a script (ES module or CommonJS), -e, -p, standard input, or a prompt on a terminal.
 * Module loading for `import` is here as the engine's two hooks; CommonJS is module.ts.
 */
import engine from "native:engine";
import fs from "native:fs";
import loop from "native:loop";
import { installGlobals } from "./globals.ts";
import { inspect } from "./inspect.ts";
import { compileCommonJs, loadCommonJs, Module, withoutHashbang } from "./module.ts";
import { embeddedModule } from "./modules.ts";
import { onLoopEmpty } from "./next-tick.ts";
import { type NodeOptions, parseCommandLine } from "./node-options.ts";
import { resolve } from "./path.ts";
import { NODE_VERSION, process } from "./process.ts";
import { defineBuiltinGlobals } from "./repl-globals.ts";
import { asFileOrFolder, isModuleFile, moduleNotFound, resolveImport } from "./resolve.ts";

const UNSETTLED_EXIT = 13;

/** False while an ES module that is the main one has not finished evaluating. */
let mainSettled = true;

function reportFatal(error: unknown): boolean {
  if (process.listenerCount("uncaughtException") > 0) {
    process.emit("uncaughtException", error, "uncaughtException");
    return true;
  }
  const text = error instanceof Error ? inspect(error) : `Uncaught:\n${inspect(error)}`;
  fs.writeAll(2, `${text}\n\nNode.js ${NODE_VERSION}\n`);
  return process.exit(1);
}

function onEmpty(): void {
  process.emit("beforeExit", process.exitCode ?? 0);
  if (loop.isAlive()) return;
  if (mainSettled) process.exit();
  fs.writeAll(2, "Warning: Detected unsettled top-level await\n");
  process.exit(UNSETTLED_EXIT);
}

function resolveHook(base: string, specifier: string): string {
  const embedded = embeddedModule(specifier);
  if (embedded) return embedded;
  if (specifier.startsWith("node:"))
    throw moduleNotFound(`No such built-in module: ${specifier}`, "ERR_UNKNOWN_BUILTIN_MODULE");
  return resolveImport(base, specifier);
}

function loadHook(path: string): { source?: string; exports?: unknown } {
  if (!isModuleFile(path)) return { exports: loadCommonJs(path).exports };
  return { source: withoutHashbang(fs.readFile(path, true, 0) as string) };
}

function runModule(source: string, filename: string): void {
  mainSettled = false;
  // from a job, as in Node: what it queues as jobs runs before what it queues as ticks
  const evaluated = Promise.resolve().then(() => engine.evalModule(withoutHashbang(source), filename));
  evaluated.then(
    () => {
      mainSettled = true;
    },
    (error) => {
      mainSettled = true;
      // outside of the promise, so that it counts as uncaught
      loop.setImmediate(() => {
        throw error;
      });
    },
  );
}

function runFile(script: string): void {
  const path = asFileOrFolder(resolve(script));
  if (!path) throw moduleNotFound(`Cannot find module '${resolve(script)}'`, "MODULE_NOT_FOUND");
  const real = fs.realpath(path);
  process.argv[1] = real;
  if (isModuleFile(real)) runModule(fs.readFile(real, true, 0) as string, real);
  else loadCommonJs(real, true);
}

function runText(source: string, options: NodeOptions, filename: string): void {
  if (options.inputType === "module") {
    runModule(source, resolve(filename));
    return;
  }
  if (filename === "[stdin]") {
    compileCommonJs(new Module(resolve(filename)), source);
    return;
  }
  defineBuiltinGlobals();
  const value = engine.evalScript(source, filename);
  if (options.print) console.log(value);
}

function start(): void {
  const options = parseCommandLine(process.argv.slice(1));
  process.argv = [process.execPath, ...options.rest];
  if (options.version) console.log(NODE_VERSION);
  else if (options.help) fs.writeAll(1, options.help);
  else if (options.error) {
    fs.writeAll(2, `${process.argv0}: ${options.error}\n`);
    process.exit(9);
  } else if (options.evaluate !== null) runText(options.evaluate, options, "[eval]");
  else if (options.rest[0] !== undefined && options.rest[0] !== "-") runFile(options.rest[0]);
  else if (options.interactive || process.stdin.isTTY) void import("./repl.ts").then(({ startRepl }) => startRepl());
  else runText(fs.readFile(0, true, 0) as string, options, "[stdin]");
}

installGlobals();
engine.setModuleHooks(resolveHook, loadHook);
engine.setFatal(reportFatal);
onLoopEmpty(onEmpty);
start();
