/**
 * Builds the runtime: `buildRuntime()` for the guest (static i686), `buildNativeRuntime()` for tests on the build host.
 * `npx tsx runtime-src/build.ts [--native [--asan]] [--main FILE]` prints the path of what it built.
 * The part's folder has `box` (the program; `docker` and `node` are other names of it), `maps/` (source maps of the
 * bundles) and, beside the program, nothing that the guest needs.
 */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Part, part } from "../guest-image/lib/cache.ts";
import { run } from "../guest-image/lib/run.ts";
import { type Bundle, bundleRuntime } from "./build-bundle.ts";
import { bytecodeCompiler, engineObjects, type Target, targets } from "./build-engine.ts";

const runtimeSrc = import.meta.dirname;

const runtimeMain = path.join(runtimeSrc, "cli", "main.ts");

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
  return part(`runtime-${target.name}`, [objects.hash, bytecode.hash, ...target.link], async (dir) => {
    const table = path.join(dir, "embedded.S");
    writeFileSync(table, embeddedTable([...bundle.modules.keys()], bytecode.dir));
    const inputs = readdirSync(objects.dir).map((file) => path.join(objects.dir, file));
    const flags = target.compile.filter((flag) => /^-(m|fno-pie|fsanitize)/.test(flag));
    await run("gcc", [...flags, table, ...inputs, ...target.link, "-o", path.join(dir, "box")], { cwd: dir });
    mkdirSync(path.join(dir, "maps"));
    for (const [name, text] of bundle.maps) writeFileSync(path.join(dir, "maps", name.replaceAll("/", "-")), text);
  });
}

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

/** Assembly for `embedded_modules` of engine.h; each module starts on its own page, so only what is read is loaded. */
function embeddedTable(names: readonly string[], dir: string): string {
  const lines = ["#ifdef __x86_64__", "#define POINTER .quad", "#else", "#define POINTER .long", "#endif"];
  lines.push('\t.section .rodata.bytecode,"a"');
  names.forEach((name, index) => {
    const file = path.join(dir, `${name.replaceAll("/", "-")}.bin`);
    lines.push("\t.balign 64", `start_${index}:`, `\t.incbin "${file}"`, `end_${index}:`, "\t.byte 0");
    lines.push(`name_${index}:`, `\t.asciz "${name}"`);
  });
  lines.push(
    '\t.section .data.rel.ro.embedded,"aw"',
    "\t.balign 16",
    "\t.globl embedded_modules, embedded_module_count",
  );
  lines.push("embedded_modules:");
  names.forEach((_, index) => {
    lines.push(`\tPOINTER name_${index}, start_${index}, end_${index}`);
  });
  lines.push("embedded_module_count:", `\t.long ${names.length}`, '\t.section .note.GNU-stack,"",@progbits', "");
  return lines.join("\n");
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { native: { type: "boolean" }, asan: { type: "boolean" }, main: { type: "string" } },
  });
  const { native, asan = false, main = runtimeMain } = values;
  const made = native ? await buildNativeRuntime({ asan, main }) : await buildRuntime({ main });
  console.log(path.join(made.dir, "box"));
}
