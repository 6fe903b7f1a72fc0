/**
 * RUN: the image so far under an id of its own, a container of it with our own runtime, and what it has changed as a
 * layer. The id is marked with the builder's process, so that a builder that was killed leaves it to the next one.
 */
import { spawnSync } from "node:child_process";
import { diskFolder } from "../container/paths.ts";
import { findId } from "../container/state.ts";
import { type KeepLayer, markBuilding, unmarkBuilding } from "./build-layer.ts";
import { type Build, nextKey, type Stage } from "./build-stage.ts";
import { commandOf } from "./config-change.ts";
import type { Instruction } from "./containerfile.ts";
import { findImage } from "./store.ts";
import { BUILDING } from "./types.ts";

const BOX = "/usr/bin/box";

/** The container of a RUN, which carries the label BUILDING; a builder that was killed leaves it to the next one. */
export const runName = (pid: number | string): string => `build-${pid}`;

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

export function runStep(
  build: Build,
  stage: Stage,
  instruction: Instruction,
  { quiet, keep }: { readonly quiet: boolean; readonly keep: KeepLayer },
): void {
  const { paths } = build.host;
  const config = stage.file.config ?? {};
  const command = commandOf(instruction, config);
  if (command.length === 0) throw new Error("RUN needs a command");
  const entry = markBuilding(build, stage);
  const name = runName(process.pid);
  try {
    const id = findImage(paths, entry.digest)?.id ?? "";
    const env = [...stage.args].filter(([key]) => !(config.Env ?? []).some((has) => has.startsWith(`${key}=`)));
    const flags = env.flatMap(([key, value]) => ["-e", `${key}=${value}`]);
    const [first = "", ...rest] = command;
    const label = `${BUILDING}=${process.pid}`;
    const words = ["run", "--name", name, "--label", label, ...flags, "--entrypoint", first, id, ...rest];
    const { status } = spawnSync(BOX, words, { stdio: ["ignore", quiet ? "ignore" : "inherit", "inherit"] });
    if (status !== 0) {
      const shown = command.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(" ");
      throw new RunFailure(`The command '${shown}' returned a non-zero code: ${status}`, status ?? 1);
    }
    const upper = `${diskFolder(paths, findId(paths, name))}/upper`;
    keep(upper);
  } finally {
    spawnSync(BOX, ["rm", "-f", name], { stdio: "ignore" });
    unmarkBuilding(build, entry);
  }
}
