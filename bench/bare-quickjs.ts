/** A QuickJS binary for the guest that evaluates "1": made like the runtime's own programs, for their start to be held against. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { part } from "../guest-image/lib/cache.ts";
import { run } from "../guest-image/lib/run.ts";
import { compileFile, linkArguments, quickjsObjects, targets } from "../runtime-src/build-engine.ts";

const source = path.join(import.meta.dirname, "bare-quickjs.c");

/** The path of the binary. */
export async function bareQuickjs(): Promise<string> {
  const target = targets.i686;
  const quickjs = await quickjsObjects(target);
  const { dir } = await part("bare-quickjs", [quickjs.hash, { file: source }], async (folder) => {
    const object = path.join(folder, "main.o");
    await compileFile(target, source, object);
    const objects = readdirSync(quickjs.dir).map((name) => path.join(quickjs.dir, name));
    const words = await linkArguments(target, [object, ...objects]);
    await run("gcc", ["-fno-pie", ...words, "-o", path.join(folder, "bare")]);
  });
  return path.join(dir, "bare");
}
