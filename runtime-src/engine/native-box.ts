/** For tests: the native build of `box` with the fixtures' main, under the names it is to answer to, in a scratch folder. */
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { cacheRoot } from "../../guest-image/lib/cache.ts";

export const BUILD_TIMEOUT_MS = 600_000;
/** For a program that never ends. */
export const RUN_TIMEOUT_MS = 120_000;
const buildScript = path.join(import.meta.dirname, "..", "build.ts");
const fixtureMain = path.join(import.meta.dirname, "fixtures", "main.ts");

export interface NativeBox {
  readonly folder: string;
  readonly box: string;
  readonly docker: string;
  readonly node: string;
  dispose(): void;
}

/** Test files run side by side: the lock lets one of them build and the others find the result. */
async function build(asan: boolean): Promise<string> {
  const lock = path.join(cacheRoot(), "native-box.lock");
  const command = [lock, process.execPath, "--import", "tsx", buildScript, "--native", "--main", fixtureMain];
  const { stdout } = await promisify(execFile)("flock", asan ? [...command, "--asan"] : command);
  return stdout.trim();
}

export async function nativeBox(options: { readonly asan?: boolean } = {}): Promise<NativeBox> {
  const built = await build(options.asan === true);
  const folder = mkdtempSync(path.join(tmpdir(), "native-box-"));
  const place = (from: string, to: string): string => {
    const target = path.join(folder, to);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(built, from), target);
    return target;
  };
  place("libexec/box/verbs.bin", "libexec/box/verbs.bin");
  return {
    folder,
    box: place("bin/box", "bin/box"),
    docker: place("bin/box", "bin/docker"),
    node: place("bin/node", "bin/node"),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
