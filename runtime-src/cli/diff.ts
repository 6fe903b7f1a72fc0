/** `docker diff`: what a container's own layer holds, against the layers below it (Documentation/filesystems/overlayfs.rst). */
import { lstatSync, readdirSync } from "node:fs";
import { diskFolder } from "../container/paths.ts";
import { initLayer } from "../container/shared-folders.ts";
import { requireContainer } from "./each-container.ts";
import { parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

type Kind = "A" | "C" | "D";

const isWhiteout = (stat: { isCharacterDevice(): boolean; rdev: number }): boolean =>
  stat.isCharacterDevice() && stat.rdev === 0;

/** Whether a lower layer shows that path. */
function isBelow(layers: readonly string[], path: string): boolean {
  for (const layer of layers) {
    const stat = lstatSync(`${layer}${path}`, { throwIfNoEntry: false });
    if (stat) return !isWhiteout(stat);
  }
  return false;
}

function* changesIn(
  runtime: Runtime,
  upper: string,
  layers: readonly string[],
  folder: string,
): Generator<[Kind, string]> {
  for (const name of (readdirSync(`${upper}${folder}`) as string[]).sort()) {
    const path = `${folder}/${name}`;
    const stat = lstatSync(`${upper}${path}`);
    if (isWhiteout(stat)) {
      yield ["D", path];
      continue;
    }
    const below = isBelow(layers, path);
    yield [below ? "C" : "A", path];
    if (!stat.isDirectory()) continue;
    if (below && isOpaque(runtime, `${upper}${path}`)) yield* hiddenIn(upper, layers, path);
    yield* changesIn(runtime, upper, layers, path);
  }
}

function isOpaque({ linux }: Runtime, folder: string): boolean {
  try {
    return linux.getxattr(folder, "trusted.overlay.opaque")[0] === "y".charCodeAt(0);
  } catch {
    return false;
  }
}

/** What an opaque folder hides and does not have itself. */
function* hiddenIn(upper: string, layers: readonly string[], folder: string): Generator<[Kind, string]> {
  const names = new Set<string>();
  for (const layer of layers) {
    const stat = lstatSync(`${layer}${folder}`, { throwIfNoEntry: false });
    if (stat?.isDirectory()) for (const name of readdirSync(`${layer}${folder}`) as string[]) names.add(name);
  }
  for (const name of [...names].sort()) {
    const path = `${folder}/${name}`;
    if (!lstatSync(`${upper}${path}`, { throwIfNoEntry: false }) && isBelow(layers, path)) yield ["D", path];
  }
}

export const diff: Verb = {
  usage: "diff CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  run(runtime, argv) {
    const { rest } = parseFlags([], argv, true);
    requireWords(rest, 1, 1);
    const [reference = ""] = rest;
    const { paths } = runtime;
    const { id, spec } = requireContainer(runtime, reference);
    const layers = [initLayer(paths), ...spec.layers];
    for (const [kind, path] of changesIn(runtime, `${diskFolder(paths, id)}/upper`, layers, "")) {
      runtime.out(`${kind} ${path}\n`);
    }
    return 0;
  },
};
