/** For tests: the native build of `box` with the fixtures' main, under the names it is to answer to, in a scratch folder. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildNativeRuntime } from "../build.ts";

export const BUILD_TIMEOUT_MS = 600_000;
const fixtureMain = path.join(import.meta.dirname, "fixtures", "main.ts");

export interface NativeBox {
  readonly folder: string;
  readonly box: string;
  readonly docker: string;
  readonly node: string;
  dispose(): void;
}

export async function nativeBox(options: { readonly asan?: boolean } = {}): Promise<NativeBox> {
  const built = await buildNativeRuntime({ ...options, main: fixtureMain });
  const folder = mkdtempSync(path.join(tmpdir(), "native-box-"));
  for (const name of ["box", "docker", "node"]) copyFileSync(path.join(built.dir, "box"), path.join(folder, name));
  return {
    folder,
    box: path.join(folder, "box"),
    docker: path.join(folder, "docker"),
    node: path.join(folder, "node"),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
