/**
 * Builds the guest's kernel from Debian's linux-source-6.1: tinyconfig + kernel.config + patches/.
 *
 * The part holds `bzImage`, `System.map`, `config`, `version.json`, and `tree/`: the headers of the configured source
 * with the exact compiler call, which is all that build-layout.ts needs. So a change of layout.c costs seconds, and
 * the 1.4 GB source tree does not stay in the cache.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Part, part } from "../lib/cache.ts";
import { fetchDebs, newestVersion } from "../lib/debian.ts";
import { step } from "../lib/progress.ts";
import { run } from "../lib/run.ts";

const here = path.dirname(fileURLToPath(import.meta.url));
/** Objects that the first builds compiled: the denominator of the progress line. */
const EXPECTED_OBJECTS = 1_133;
const SOURCE_PACKAGE = "linux-source-6.1";

export async function buildKernel(): Promise<Part> {
  const patches = readdirSync(path.join(here, "patches"))
    .sort()
    .map((name) => path.join(here, "patches", name));
  const config = path.join(here, "kernel.config");
  return part("kernel", [{ file: config }, ...patches.map((file) => ({ file }))], async (dir) => {
    const source = await unpackSource(dir);
    for (const patch of patches) await run("patch", ["-p1", "-i", patch], { cwd: source.tree });
    await configure(source.tree, config);
    await compile(source.tree);
    collect(source.tree, dir);
    writeFileSync(
      path.join(dir, "version.json"),
      `${JSON.stringify({ package: SOURCE_PACKAGE, version: source.version })}\n`,
    );
    await keepHeaders(source.tree, path.join(dir, "tree"));
    rmSync(path.join(dir, "work"), { recursive: true });
  });
}

async function unpackSource(dir: string): Promise<{ tree: string; version: string }> {
  const progress = step("kernel source");
  const work = path.join(dir, "work");
  mkdirSync(work);
  const version = await newestVersion(SOURCE_PACKAGE, "amd64");
  const [deb] = await fetchDebs([SOURCE_PACKAGE], "amd64", work);
  await run("dpkg", ["-x", deb ?? "", path.join(work, "deb")]);
  progress.note("unpacking");
  await run("tar", ["-C", work, "-xf", path.join(work, "deb/usr/src", `${SOURCE_PACKAGE}.tar.xz`)]);
  progress.done(version);
  return { tree: path.join(work, SOURCE_PACKAGE), version };
}

async function configure(tree: string, fragment: string): Promise<void> {
  await run("make", ["ARCH=i386", "tinyconfig"], { cwd: tree });
  await run("scripts/kconfig/merge_config.sh", ["-m", ".config", fragment], { cwd: tree });
  await run("make", ["ARCH=i386", "olddefconfig"], { cwd: tree });
  const set = new Set(readFileSync(path.join(tree, ".config"), "utf8").split("\n"));
  const dropped = readFileSync(fragment, "utf8")
    .split("\n")
    .filter((line) => /^(# )?CONFIG_/.test(line))
    .filter((line) => !set.has(line) && !isAbsent(line, set));
  if (dropped.length > 0)
    throw new Error(`kernel.config: olddefconfig dropped ${dropped.join(", ")}; add what each depends on`);
}

/** "# CONFIG_X is not set" also holds where X does not exist in this configuration. */
function isAbsent(line: string, set: ReadonlySet<string>): boolean {
  const off = /^# (CONFIG_\w+) is not set$/.exec(line);
  return off !== null && !set.has(`${off[1]}=y`);
}

async function compile(tree: string): Promise<void> {
  const progress = step("kernel");
  let objects = 0;
  await run("make", ["ARCH=i386", `-j${cpus().length}`, "bzImage"], {
    cwd: tree,
    env: {
      ...process.env,
      KBUILD_BUILD_TIMESTAMP: "2026-01-01",
      KBUILD_BUILD_USER: "glassbox",
      KBUILD_BUILD_HOST: "glassbox",
    },
    onLine: (line) => {
      if (/^ {2}(CC|AS) /.test(line)) progress.update(++objects, Math.max(EXPECTED_OBJECTS, objects), "objects");
    },
  });
  progress.done(`${objects} objects`);
}

function collect(tree: string, dir: string): void {
  copyFileSync(path.join(tree, "arch/x86/boot/bzImage"), path.join(dir, "bzImage"));
  copyFileSync(path.join(tree, "System.map"), path.join(dir, "System.map"));
  copyFileSync(path.join(tree, ".config"), path.join(dir, "config"));
}

/** Keeps every header, generated ones included, and the compiler call that make uses for a file of kernel/. */
async function keepHeaders(tree: string, target: string): Promise<void> {
  writeFileSync(
    path.join(tree, "kernel/layout_probe.c"),
    "#include <linux/kbuild.h>\n#include <linux/sched.h>\nvoid layout(void) { DEFINE(probe, 1); }\n",
  );
  await run("make", ["ARCH=i386", "kernel/layout_probe.s"], { cwd: tree });
  const saved = readFileSync(path.join(tree, "kernel/.layout_probe.s.cmd"), "utf8");
  const call = /^cmd_kernel\/layout_probe\.s := (.*)$/m.exec(saved)?.[1];
  if (!call) throw new Error("kernel/.layout_probe.s.cmd: no compiler call found in it");
  mkdirSync(target);
  await run("rsync", [
    "-a",
    "--prune-empty-dirs",
    "--include=*/",
    "--include=*.h",
    "--exclude=*",
    "--exclude=/Documentation",
    "--exclude=/tools",
    "--exclude=/drivers/gpu",
    `${tree}/`,
    `${target}/`,
  ]);
  for (const arch of readdirSync(path.join(target, "arch"))) {
    if (arch !== "x86") rmSync(path.join(target, "arch", arch), { recursive: true });
  }
  for (const folder of [
    "drivers/gpu",
    "drivers/net/ethernet",
    "drivers/staging",
    "drivers/media",
    "drivers/scsi",
    "sound",
    "tools",
  ]) {
    rmSync(path.join(target, folder), { recursive: true, force: true });
  }
  writeFileSync(path.join(target, "layout-call.txt"), call);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log((await buildKernel()).dir);
