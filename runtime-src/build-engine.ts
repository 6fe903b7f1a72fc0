/**
 * The C side of the runtime's build: QuickJS from its Debian source package, the bytecode compiler for the build host, and
 * the engine's objects for one target. Each is a part of the cache, so that a changed TypeScript file compiles no C and
 * a changed engine file does not compile QuickJS again.
 *
 * The guest's programs link to musl: glibc's static start, locales and wide printf would be half of the binary, and so of
 * what every visitor downloads with the snapshot.
 */
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Part, part } from "../guest-image/lib/cache.ts";
import { fetchDebs, fetchSource } from "../guest-image/lib/debian.ts";
import { run } from "../guest-image/lib/run.ts";

const QUICKJS_VERSION = "2025.04.26";
/** The next Debian release has this version. */
const QUICKJS_SUITE = "trixie";
/** What engine/quickjs_unit.c includes. */
const QUICKJS_UNIT_HEADERS = ["plain_json.h", "plain_json_parse.h", "kept_text.h", "plain_concat.h", "shared_heap.h"];
const QUICKJS_SOURCES = ["libregexp.c", "libunicode.c", "cutils.c", "dtoa.c"];
/**
 * For size, gcc makes a call of each of the interpreter's small functions. With those of up to so many of its own instructions
 * in place, a program executes a tenth less at its start; up to 20 is no faster.
 */
const INLINED = "--param=max-inline-insns-size=10";
const JOBS = 2;

export const engineDir = path.join(import.meta.dirname, "engine");

/** The kernel's own headers, from the build machine. */
const KERNEL_HEADERS = {
  linux: "/usr/include/linux",
  "asm-generic": "/usr/include/asm-generic",
  asm: "/usr/include/x86_64-linux-gnu/asm",
};

export interface Target {
  readonly name: "i686" | "x86_64" | "x86_64-asan";
  readonly libc: "musl" | "glibc";
  readonly compile: readonly string[];
  readonly link: readonly string[];
}

const COMMON = [
  "-std=gnu11",
  "-D_GNU_SOURCE",
  "-D_FILE_OFFSET_BITS=64",
  "-D_TIME_BITS=64",
  `-DCONFIG_VERSION="${QUICKJS_VERSION}"`,
  "-ffunction-sections",
  "-fdata-sections",
];

export const targets = {
  /**
   * The guest. v86 does x87 arithmetic in software, so floating point goes by SSE. Small, because every visitor downloads
   * it; what an interpreter spends its time in is compiled for speed all the same (engine/quickjs_unit.c).
   */
  i686: {
    name: "i686",
    libc: "musl",
    compile: [
      ...COMMON,
      "-m32",
      "-march=pentium4",
      "-mfpmath=sse",
      "-Os",
      "-fno-pie",
      "-fno-asynchronous-unwind-tables",
      "-fno-stack-protector",
    ],
    link: ["-m32", "-static", "-no-pie", "-s", "-Wl,--gc-sections", "-Wl,-z,norelro"],
  },
  x86_64: {
    name: "x86_64",
    libc: "glibc",
    compile: [...COMMON, "-O1", "-g"],
    link: ["-static", "-Wl,--gc-sections", "-lm"],
  },
  "x86_64-asan": {
    name: "x86_64-asan",
    libc: "glibc",
    compile: [...COMMON, "-O1", "-g", "-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-fno-sanitize=vptr"],
    link: ["-fsanitize=address,undefined", "-lm"],
  },
} satisfies Record<Target["name"], Target>;

/** musl's headers and static library as Debian packages them, and beside them `kernel/` with the kernel's headers. */
function musl(): Promise<Part> {
  return part("musl-i686", Object.entries(KERNEL_HEADERS).flat(), async (dir) => {
    for (const deb of await fetchDebs(["musl-dev"], "i386", dir))
      await run("dpkg", ["-x", deb, path.join(dir, "root")]);
    mkdirSync(path.join(dir, "kernel"));
    for (const [name, target] of Object.entries(KERNEL_HEADERS)) symlinkSync(target, path.join(dir, "kernel", name));
  });
}

const MUSL_ROOT = "root/usr";
const MUSL_ARCH = "i386-linux-musl";

/** What makes gcc compile against the target's C library instead of the build machine's. */
export async function libcHeaders({ libc }: Target): Promise<string[]> {
  if (libc === "glibc") return [];
  const { dir } = await musl();
  const own = await gccAnswer("-print-file-name=include");
  const folders = [path.join(dir, MUSL_ROOT, "include", MUSL_ARCH), own, path.join(dir, "kernel")];
  return ["-nostdinc", ...folders.flatMap((folder) => ["-isystem", folder])];
}

/** gcc's arguments that link `objects` into a program for the target. */
export async function linkArguments(target: Target, objects: readonly string[]): Promise<string[]> {
  if (target.libc === "glibc") return [...objects, ...target.link];
  const { dir } = await musl();
  const lib = path.join(dir, MUSL_ROOT, "lib", MUSL_ARCH);
  const start = ["crt1.o", "crti.o"].map((file) => path.join(lib, file));
  const libgcc = await gccAnswer("-m32", "-print-libgcc-file-name");
  return ["-nostdlib", ...target.link, ...start, ...objects, `-L${lib}`, "-lc", libgcc, path.join(lib, "crtn.o")];
}

async function gccAnswer(...question: string[]): Promise<string> {
  return (await run("gcc", question)).trim();
}

/** Debian's, with engine/quickjs.patch. */
export async function quickjsSource(): Promise<Part> {
  const original = await quickjsOriginal();
  const patch = path.join(engineDir, "quickjs.patch");
  return part("quickjs-patched", [original.hash, { file: patch }], async (dir) => {
    cpSync(original.dir, dir, { recursive: true });
    await run("patch", ["-p1", "-i", patch], { cwd: dir });
  });
}

function quickjsOriginal(): Promise<Part> {
  return part("quickjs-source", [QUICKJS_VERSION, QUICKJS_SUITE], async (dir) => {
    const download = path.join(dir, "download");
    mkdirSync(download);
    const files = await fetchSource("quickjs", download, QUICKJS_SUITE);
    const tarball = files.find((file) => file.includes(`_${QUICKJS_VERSION}.orig.tar`));
    if (!tarball) throw new Error(`quickjs: ${QUICKJS_SUITE} has ${files.join(", ")}, not ${QUICKJS_VERSION}`);
    await run("tar", ["-xf", path.join(download, tarball), "-C", dir, "--strip-components=1"]);
  });
}

async function compileAll(
  sources: readonly string[],
  flags: readonly string[],
  include: string,
  dir: string,
): Promise<void> {
  const queue = [...sources];
  const worker = async (): Promise<void> => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
      const object = path.join(dir, `${path.basename(source, ".c")}.o`);
      await run("gcc", [...flags, "-I", include, "-I", engineDir, "-c", source, "-o", object]);
    }
  };
  await Promise.all(Array.from({ length: JOBS }, worker));
}

/** One C file with QuickJS's headers, as the engine's own are compiled. */
export async function compileFile(target: Target, source: string, object: string): Promise<void> {
  const [quickjs, headers] = [await quickjsSource(), await libcHeaders(target)];
  await run("gcc", [...target.compile, ...headers, "-isystem", quickjs.dir, "-c", source, "-o", object]);
}

export async function quickjsObjects(target: Target): Promise<Part> {
  const quickjs = await quickjsSource();
  const unit = path.join(engineDir, "quickjs_unit.c");
  const headers = QUICKJS_UNIT_HEADERS.map((name) => ({ file: path.join(engineDir, name) }));
  const inputs = [quickjs.hash, { file: unit }, target.libc, ...headers];
  return part(`quickjs-${target.name}`, [...inputs, ...target.compile, INLINED], async (dir) => {
    const sources = [unit, ...QUICKJS_SOURCES.map((file) => path.join(quickjs.dir, file))];
    const headers = await libcHeaders(target);
    await compileAll(sources, [...target.compile, INLINED, ...headers, "-w", "-fwrapv"], quickjs.dir, dir);
  });
}

/** The engine's own C files: all but the build tool and QuickJS itself. */
function engineFiles(): string[] {
  return readdirSync(engineDir)
    .filter((file) => /\.[ch]$/.test(file) && file !== "compiler.c" && file !== "quickjs_unit.c")
    .sort()
    .map((file) => path.join(engineDir, file));
}

/** A folder of .o files: QuickJS and engine, with the main() of each program, all but the embedded bytecode. */
export async function engineObjects(target: Target): Promise<Part> {
  const quickjs = await quickjsSource();
  const objects = await quickjsObjects(target);
  const files = engineFiles();
  const inputs = [
    objects.hash,
    target.libc,
    ...target.compile,
    ...files.flatMap((file) => [path.basename(file), { file }]),
  ];
  return part(`engine-${target.name}`, inputs, async (dir) => {
    const headers = await libcHeaders(target);
    const warnings = ["-Wall", "-Wextra", "-Wno-cast-function-type", "-Wno-missing-field-initializers"];
    const flags = [...target.compile, ...headers, ...warnings];
    const sources = files.filter((file) => file.endsWith(".c"));
    await compileAll(sources, [...flags, "-isystem", quickjs.dir], quickjs.dir, dir);
    cpSync(objects.dir, dir, { recursive: true });
  });
}

/** The program `compiler`, which runs on the build host. */
export async function bytecodeCompiler(): Promise<Part> {
  const quickjs = await quickjsSource();
  const source = path.join(engineDir, "compiler.c");
  const objects = await quickjsObjects(targets.x86_64);
  return part("bytecode-compiler", [objects.hash, { file: source }], async (dir) => {
    const inputs = readdirSync(objects.dir).map((file) => path.join(objects.dir, file));
    const output = path.join(dir, "compiler");
    await run("gcc", ["-O1", "-D_GNU_SOURCE", "-I", quickjs.dir, source, ...inputs, "-lm", "-o", output], {
      cwd: tmpdir(),
    });
  });
}
