/**
 * RUN: the image so far under an id of its own, a container of it with our own runtime, and what it has changed as a
 * layer. The id is marked with the builder's process, so that a builder that was killed leaves it to the next one.
 */
import { spawnSync } from "node:child_process";
import { diskFolder } from "../container/paths.ts";
import { findId } from "../container/state.ts";
import { type Build, nextKey, type Stage } from "./build-stage.ts";
import { layerOfChanges } from "./commit.ts";
import { commandOf } from "./config-change.ts";
import type { Instruction } from "./containerfile.ts";
import { findImage } from "./store.ts";
import { addImage, readIndex, removeUnused, withImages, withoutImage, writeIndex } from "./store-edit.ts";
import { BUILDING, type Descriptor } from "./types.ts";

const BOX = "/usr/bin/box";

export class RunFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function runKey(stage: Stage, instruction: Instruction): string {
  const args = [...stage.args].map(([name, value]) => `${name}=${value}`).sort();
  return nextKey(stage, "RUN", ...args, ...commandOf(instruction, stage.file.config ?? {}));
}

const marked = (build: Build, stage: Stage): Descriptor =>
  withImages(build.host, () => {
    const { paths } = build.host;
    const entry = { ...addImage(paths, stage.file, stage.layers), annotations: { [BUILDING]: String(process.pid) } };
    const index = readIndex(paths);
    writeIndex(paths, { ...index, manifests: [...index.manifests, entry] });
    return entry;
  });

function unmark({ host }: Build, entry: Descriptor): void {
  withImages(host, () => {
    writeIndex(host.paths, withoutImage(readIndex(host.paths), entry.digest));
  });
}

export function runStep(build: Build, stage: Stage, instruction: Instruction, quiet: boolean): Descriptor {
  const { paths } = build.host;
  const config = stage.file.config ?? {};
  const command = commandOf(instruction, config);
  if (command.length === 0) throw new Error("RUN needs a command");
  const entry = marked(build, stage);
  const name = `build-${process.pid}`;
  try {
    const id = findImage(paths, entry.digest)?.id ?? "";
    const env = [...stage.args].filter(([key]) => !(config.Env ?? []).some((has) => has.startsWith(`${key}=`)));
    const flags = env.flatMap(([key, value]) => ["-e", `${key}=${value}`]);
    const [first = "", ...rest] = command;
    const words = ["run", "--name", name, ...flags, "--entrypoint", first, id, ...rest];
    const { status } = spawnSync(BOX, words, { stdio: ["ignore", quiet ? "ignore" : "inherit", "inherit"] });
    if (status !== 0) {
      const shown = command.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(" ");
      throw new RunFailure(`The command '${shown}' returned a non-zero code: ${status}`, status ?? 1);
    }
    const upper = `${diskFolder(paths, findId(paths, name))}/upper`;
    return withImages(build.host, () => layerOfChanges(build.host, upper));
  } finally {
    spawnSync(BOX, ["rm", "-f", name], { stdio: "ignore" });
    unmark(build, entry);
  }
}

/** After a failure: layers that this build has made and nobody needs. */
export const forgetLayers = ({ host }: Build): void => {
  withImages(host, () => removeUnused(host));
};
