/**
 * Builds the runtime: `buildRuntime()` for the guest (static i686), `buildNativeRuntime()` for tests on the build host.
 * `npx tsx runtime-src/build.ts [--native [--asan]] [--main FILE]` prints the folder of what it built: it is laid out as
 * below /usr, with `bin/box` (`docker` is another name of it), `bin/node`, `libexec/box/verbs.bin`, which the first reads
 * rare modules from, `libexec/box/archive` (tar files), `libexec/box/init` (docker's --init), and `maps/` (source maps of
 * the bundles), which the guest does not need.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Part, part } from "../guest-image/lib/cache.ts";
import { run } from "../guest-image/lib/run.ts";
import { buildArchive } from "./build-archive.ts";
import { type Bundle, bundleRuntime, runtimeMain } from "./build-bundle.ts";
import { bytecodeCompiler, engineObjects, type Target, targets } from "./build-engine.ts";
import { compileProgram, linkProgram, moduleFile } from "./build-program.ts";

/** What --init puts in front of a container's program. */
const initSource = path.join(import.meta.dirname, "engine/programs/init.c");

/** What of it belongs into the guest, below /usr. */
export const RUNTIME_FOLDERS = ["bin", "libexec"] as const;

export interface RuntimeOptions {
  /** The module that exports `main`; default is the runtime's own. */
  readonly main?: string;
}

export interface NativeOptions extends RuntimeOptions {
  /** With AddressSanitizer and UndefinedBehaviorSanitizer. */
  readonly asan?: boolean;
}

export function buildRuntime({ main = runtimeMain }: RuntimeOptions = {}): Promise<Part> {
  return buildFor(targets.i686, main);
}

export function buildNativeRuntime({ asan = false, main = runtimeMain }: NativeOptions = {}): Promise<Part> {
  return buildFor(asan ? targets["x86_64-asan"] : targets.x86_64, main);
}

async function buildFor(target: Target, main: string): Promise<Part> {
  const bundle = await bundleRuntime(main);
  const objects = await engineObjects(target);
  const bytecode = await compileBundle(bundle);
  const code = { file: path.join(import.meta.dirname, "build-program.ts") };
  // Beside the program, not in it: see build-archive.ts. Tests on the build host build their own.
  const archive = target.name === "i686" ? await buildArchive(target) : null;
  const inputs = [
    objects.hash,
    bytecode.hash,
    archive?.hash ?? "",
    ...bundle.core,
    ...target.link,
    code,
    { file: initSource },
  ];
  return part(`runtime-${target.name}`, inputs, async (dir, hash) => {
    const names = [...bundle.modules.keys()].map((name) => ({ name, file: bytecodeFile(bytecode.dir, name) }));
    const program = { target, objects: objects.dir, buildId: hash.slice(0, 16), work: path.join(dir, "work") };
    for (const folder of ["bin", "libexec/box", "maps", "work"]) mkdirSync(path.join(dir, folder), { recursive: true });
    const core = names.filter(({ name }) => bundle.core.has(name));
    const rare = names.filter(({ name }) => name.startsWith("box/") && !bundle.core.has(name));
    const node = names.filter(({ name }) => name.startsWith("node/"));
    await linkProgram({ ...program, name: "box", modules: core, output: path.join(dir, "bin/box") });
    await linkProgram({ ...program, name: "node", modules: node, output: path.join(dir, "bin/node") });
    writeFileSync(path.join(dir, "libexec/box/verbs.bin"), moduleFile(rare, program.buildId));
    if (archive) copyFileSync(path.join(archive.dir, "archive"), path.join(dir, "libexec/box/archive"));
    await compileProgram(target, initSource, path.join(dir, "libexec/box/init"));
    rmSync(program.work, { recursive: true });
    for (const [name, text] of bundle.maps) writeFileSync(path.join(dir, "maps", name.replaceAll("/", "-")), text);
  });
}

const bytecodeFile = (dir: string, name: string): string => path.join(dir, `${name.replaceAll("/", "-")}.bin`);

/** One .bin file of QuickJS bytecode for each module. */
async function compileBundle(bundle: Bundle): Promise<Part> {
  const compiler = await bytecodeCompiler();
  const inputs = [compiler.hash, ...[...bundle.modules].flat()];
  return part("runtime-bytecode", inputs, async (dir) => {
    for (const [name, text] of bundle.modules) {
      const source = path.join(dir, name.replaceAll("/", "-"));
      writeFileSync(source, text);
      await run(path.join(compiler.dir, "compiler"), [name, source, `${source}.bin`]);
    }
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { native: { type: "boolean" }, asan: { type: "boolean" }, main: { type: "string" } },
  });
  const { native, asan = false, main = runtimeMain } = values;
  const made = native ? await buildNativeRuntime({ asan, main }) : await buildRuntime({ main });
  console.log(made.dir);
}
