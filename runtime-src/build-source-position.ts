/**
 * esbuild plugin behind `linux/source-position.ts`: replaces each `sourceHere()` in the sources below runtime-src by
 * the literal "file:line" of that call. Lines do not move, so traces and source maps stay right.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";

const CALL = /\bsourceHere\(\)/g;

/** `file` is relative to runtime-src. */
export function replaceSourcePositions(text: string, file: string): string {
  return text
    .split("\n")
    .map((line, index) => line.replace(CALL, JSON.stringify(`${file}:${index + 1}`)))
    .join("\n");
}

export function sourcePositions(runtimeSrc: string): Plugin {
  return {
    name: "source-positions",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path: full }) => {
        const file = path.relative(runtimeSrc, full);
        if (file.startsWith("..") || file === path.join("linux", "source-position.ts")) return null;
        const text = await readFile(full, "utf8");
        return text.includes("sourceHere()") ? { contents: replaceSourcePositions(text, file), loader: "ts" } : null;
      });
    },
  };
}
