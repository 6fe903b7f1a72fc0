import path from "node:path";
import { build } from "esbuild";

/** Bundles src/script.ts, the element for pages without a bundler, to `outFile`. A classic script: any site may load it. */
export async function buildEmbedScript(outFile: string): Promise<void> {
  await build({
    entryPoints: [path.join(import.meta.dirname, "src/script.ts")],
    outfile: outFile,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    logLevel: "error",
  });
}
