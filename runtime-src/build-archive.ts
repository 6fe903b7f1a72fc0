/**
 * Builds `archive` (archive/archive.h): a program of its own beside `box`, so that what unpacks images costs nothing in
 * the pages of `box` that each snapshot carries. zlib and libzstd are Debian's static libraries.
 */
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { type Part, part } from "../guest-image/lib/cache.ts";
import { fetchDebs } from "../guest-image/lib/debian.ts";
import { run } from "../guest-image/lib/run.ts";
import { type Target, targets } from "./build-engine.ts";

const archiveDir = path.join(import.meta.dirname, "archive");
const LIBRARIES = ["zlib1g-dev", "libzstd-dev"];
const WARNINGS = ["-Wall", "-Wextra", "-Wno-missing-field-initializers"];

function libraries(arch: "i386" | "amd64"): Promise<Part> {
  return part(`archive-libraries-${arch}`, LIBRARIES, async (dir) => {
    const debs = path.join(dir, "debs");
    mkdirSync(debs);
    for (const deb of await fetchDebs(LIBRARIES, arch, debs)) await run("dpkg-deb", ["-x", deb, dir]);
  });
}

/** The part's folder has `archive`. */
export async function buildArchive(target: Target = targets.i686): Promise<Part> {
  const is32Bit = target.name === "i686";
  const libs = await libraries(is32Bit ? "i386" : "amd64");
  const triplet = is32Bit ? "i386-linux-gnu" : "x86_64-linux-gnu";
  const files = readdirSync(archiveDir)
    .filter((file) => /\.[ch]$/.test(file))
    .sort();
  const inputs = files.flatMap((file) => [file, { file: path.join(archiveDir, file) }]);
  return part(`archive-${target.name}`, [libs.hash, ...target.compile, ...target.link, ...inputs], async (dir) => {
    const include = path.join(libs.dir, "usr/include");
    const sources = files.filter((file) => file.endsWith(".c")).map((file) => path.join(archiveDir, file));
    const statics = ["libz.a", "libzstd.a"].map((file) => path.join(libs.dir, "usr/lib", triplet, file));
    await run("gcc", [
      ...target.compile,
      ...WARNINGS,
      "-isystem",
      include,
      "-isystem",
      path.join(include, triplet),
      ...sources,
      ...statics,
      ...target.link,
      "-o",
      path.join(dir, "archive"),
    ]);
  });
}
