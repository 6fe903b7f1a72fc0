/** Bundles the machine's worker and lays v86's own two files beside it, in a folder named by their content. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";
import { hashOf } from "../guest-image/lib/cache.ts";

const root = path.resolve(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
const V86_FILES = ["libv86.mjs", "v86.wasm", "v86-fallback.wasm"];

/** Returns the folder's path below public/, e.g. "machine/0f1e2d3c". Older builds are removed. */
export async function buildWorker(): Promise<string> {
  const v86Dir = path.dirname(require.resolve("v86/build/v86.wasm"));
  const { outputFiles } = await build({
    entryPoints: [path.join(root, "lib/machine/worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    legalComments: "none",
  });
  const bundle = outputFiles[0]?.contents;
  if (!bundle) throw new Error("esbuild: lib/machine/worker.ts gave no output");
  const files = V86_FILES.map((name) => path.join(v86Dir, name));
  const hash = hashOf([bundle, ...files.map((file) => ({ file }))]).slice(0, 12);
  const machineDir = path.join(root, "public/machine");
  const dir = path.join(machineDir, hash);
  if (!existsSync(dir)) {
    const building = `${dir}.building-${process.pid}`;
    mkdirSync(building, { recursive: true });
    writeFileSync(path.join(building, "worker.js"), bundle);
    for (const file of files) cpSync(file, path.join(building, path.basename(file)));
    rmSync(dir, { recursive: true, force: true });
    cpSync(building, dir, { recursive: true });
    rmSync(building, { recursive: true });
  }
  for (const name of readdirSync(machineDir))
    if (name !== hash && name !== "dev") rmSync(path.join(machineDir, name), { recursive: true, force: true });
  return `machine/${hash}`;
}
