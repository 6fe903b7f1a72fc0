/** The console: log, info, debug to stdout; error, warn, trace to stderr; groups, counters, timers, assert, dir, table. */
import fs from "native:fs";
import loop from "native:loop";
import { consoleTable } from "./console-table.ts";
import { format } from "./format.ts";
import { type InspectOptions, inspect } from "./inspect.ts";
import { process } from "./process.ts";

const counts = new Map<string, number>();
const times = new Map<string, number>();
let indentation = "";

/** Through the stream where a program may have put its own write; a closed pipe is no error of console.log. */
function print(fd: 1 | 2, text: string): void {
  const lines = indentation === "" ? text : indentation + text.replaceAll("\n", `\n${indentation}`);
  const stream = fd === 1 ? process.stdout : process.stderr;
  if (stream.destroyed) fs.writeAll(fd, `${lines}\n`);
  else stream.write(`${lines}\n`);
}

function log(...args: unknown[]): void {
  print(1, format(...args));
}

function error(...args: unknown[]): void {
  print(2, format(...args));
}

function elapsed(label: string): string {
  const ms = loop.nowMs() - (times.get(label) ?? loop.nowMs());
  return ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${Number(ms.toFixed(3))}ms`;
}

export const console = {
  log,
  info: log,
  debug: log,
  error,
  warn: error,
  trace: (...args: unknown[]): void => {
    const stack = (new Error().stack ?? "").split("\n").slice(1).join("\n").trimEnd();
    error(`Trace${args.length > 0 ? `: ${format(...args)}` : ""}\n${stack}`);
  },
  dir: (value: unknown, options?: InspectOptions): void => print(1, inspect(value, options)),
  table: (data: unknown): void => print(1, consoleTable(data)),
  assert: (condition: unknown, ...args: unknown[]): void => {
    if (condition) return;
    if (typeof args[0] === "string") error(`Assertion failed: ${args[0]}`, ...args.slice(1));
    else error("Assertion failed", ...args);
  },
  count: (label = "default"): void => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    log(`${label}: ${counts.get(label)}`);
  },
  countReset: (label = "default"): void => {
    counts.delete(label);
  },
  time: (label = "default"): void => {
    times.set(label, loop.nowMs());
  },
  timeLog: (label = "default", ...args: unknown[]): void => log(`${label}: ${elapsed(label)}`, ...args),
  timeEnd: (label = "default"): void => {
    log(`${label}: ${elapsed(label)}`);
    times.delete(label);
  },
  group: (...args: unknown[]): void => {
    if (args.length > 0) log(...args);
    indentation += "  ";
  },
  groupEnd: (): void => {
    indentation = indentation.slice(2);
  },
};

export default console;
