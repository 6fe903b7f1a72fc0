/**
 * `npm run bench -- [--json FILE] [--only NAME]...`: every module of this folder that exports `figures`, one after the
 * other, on an otherwise idle machine. Ratios compare what one run measured; absolute times are this machine's.
 */
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildPage } from "../scripts/page-build.ts";
import type { BenchModule, Figure } from "./figure.ts";

const { values } = parseArgs({
  options: { json: { type: "string" }, only: { type: "string", multiple: true } },
});

const here = import.meta.dirname;
const { out, imageDir } = await buildPage();
const figures: Figure[] = [];
let failed = 0;

for (const file of readdirSync(here).sort()) {
  const name = path.basename(file, ".ts");
  if (!file.endsWith(".ts") || file.endsWith(".test.ts") || file === "run.ts") continue;
  if (values.only && !values.only.includes(name)) continue;
  const module = (await import(path.join(here, file))) as Partial<BenchModule>;
  if (!module.figures) continue;
  process.stderr.write(`== ${name}\n`);
  try {
    const note = (text: string): void => void process.stderr.write(`   ${text}\n`);
    for (const found of await module.figures({ imageDir, outDir: out, note })) {
      figures.push(found);
      const bar = found.bar === null ? "" : `  bar ${found.bar}  ${found.ok ? "ok" : "MISSED"}`;
      process.stdout.write(`${found.name}: ${found.value} ${found.unit}${bar}\n`);
    }
  } catch (error) {
    failed++;
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

if (values.json) writeFileSync(values.json, `${JSON.stringify({ figures }, null, 1)}\n`);
const missed = figures.filter(({ ok }) => !ok);
process.stdout.write(`${figures.length} figures, ${missed.length} bars missed, ${failed} modules failed\n`);
process.exit(failed > 0 ? 1 : 0);
