/**
 * A program of the runtime from objects and bytecode: the modules that a binary holds itself, as assembly for
 * `embedded_modules` of engine/engine.h, and the file of those that it reads when needed, for engine/rare_modules.c.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "../guest-image/lib/run.ts";
import { libcHeaders, linkArguments, type Target } from "./build-engine.ts";

export interface Module {
  /** As it is imported: "box/main.js". */
  readonly name: string;
  /** Its bytecode. */
  readonly file: string;
}

interface Program {
  readonly target: Target;
  /** The folder of the engine's objects. */
  readonly objects: string;
  readonly name: "box" | "node";
  readonly modules: readonly Module[];
  /** 16 characters. */
  readonly buildId: string;
  readonly output: string;
  readonly work: string;
}

/** The object with main() of each program, and what only that program needs. */
const OBJECTS_OF = { box: ["box.o", "client.o"], node: ["node.o"] };

export async function linkProgram({ target, objects, name, modules, buildId, output, work }: Program): Promise<void> {
  const table = path.join(work, `${name}.S`);
  writeFileSync(table, embeddedTable(modules, buildId));
  const others = Object.values(OBJECTS_OF).flat();
  const own = readdirSync(objects).filter((file) => OBJECTS_OF[name].includes(file) || !others.includes(file));
  const flags = target.compile.filter((flag) => /^-(m|fno-pie|fsanitize)/.test(flag));
  const object = path.join(work, `${name}.o`);
  await run("gcc", [...flags, "-c", table, "-o", object]);
  const inputs = [object, ...own.map((file) => path.join(objects, file))];
  await run("gcc", [...flags, ...(await linkArguments(target, inputs)), "-o", output]);
}

/** As find_in of engine/modules.c wants them: in the order of strcmp(3). */
const byName = (modules: readonly Module[]): Module[] =>
  [...modules].sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)));

function embeddedTable(modules: readonly Module[], buildId: string): string {
  const lines = ["#ifdef __x86_64__", "#define POINTER .quad", "#else", "#define POINTER .long", "#endif"];
  lines.push('\t.section .rodata.bytecode,"a"');
  lines.push("\t.globl embedded_build_id", "embedded_build_id:", `\t.asciz "${buildId}"`);
  modules.forEach(({ name, file }, index) => {
    lines.push("\t.balign 64", `start_${index}:`, `\t.incbin "${file}"`, `end_${index}:`, "\t.byte 0");
    lines.push(`name_${index}:`, `\t.asciz "${name}"`);
  });
  lines.push(
    '\t.section .data.rel.ro.embedded,"aw"',
    "\t.balign 16",
    "\t.globl embedded_modules, embedded_module_count",
  );
  lines.push("embedded_modules:");
  for (const module of byName(modules)) {
    const index = modules.indexOf(module);
    lines.push(`\tPOINTER name_${index}, start_${index}, end_${index}`);
  }
  lines.push("embedded_module_count:", `\t.long ${modules.length}`, '\t.section .note.GNU-stack,"",@progbits', "");
  return lines.join("\n");
}

const MAGIC = 0x31565842;
const WORD_BYTES = 4;
const BUILD_ID_BYTES = 16;
const HEADER_BYTES = 2 * WORD_BYTES + BUILD_ID_BYTES;
const ENTRY_BYTES = 3 * WORD_BYTES;

/** The layout is drawn in engine/rare_modules.c. */
export function moduleFile(modules: readonly Module[], buildId: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES + modules.length * ENTRY_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(modules.length, WORD_BYTES);
  header.write(buildId, 2 * WORD_BYTES, BUILD_ID_BYTES, "latin1");
  const parts: Buffer[] = [header];
  let at = header.length;
  const append = (bytes: Buffer): number => {
    const from = at;
    parts.push(bytes);
    at += bytes.length;
    return from;
  };
  byName(modules).forEach(({ name, file }, index) => {
    const entry = HEADER_BYTES + index * ENTRY_BYTES;
    const bytecode = readFileSync(file);
    header.writeUInt32LE(append(Buffer.from(`${name}\0`)), entry);
    header.writeUInt32LE(append(bytecode), entry + WORD_BYTES);
    header.writeUInt32LE(at, entry + 2 * WORD_BYTES);
  });
  return Buffer.concat(parts);
}

/** Programs of one file each, that need nothing of the engine: engine/programs/NAME.c. */
export async function compileProgram(target: Target, source: string, output: string): Promise<void> {
  const object = `${output}.o`;
  const warnings = ["-Wall", "-Wextra", "-Os"];
  await run("gcc", [...target.compile, ...(await libcHeaders(target)), ...warnings, "-c", source, "-o", object]);
  const flags = target.compile.filter((flag) => /^-(m|fno-pie|fsanitize)/.test(flag));
  await run("gcc", [...flags, ...(await linkArguments(target, [object])), "-o", output]);
  rmSync(object);
}
