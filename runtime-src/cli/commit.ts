/** `docker commit` */
import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupFolder, diskFolder } from "../container/paths.ts";
import type { ContainerState } from "../container/state.ts";
import { applyChanges, extendConfig, layerOfChanges } from "../image/commit.ts";
import { knownLayer } from "../image/layers.ts";
import { nameToGive } from "../image/reference.ts";
import { findImage } from "../image/store.ts";
import { addImage, readIndex, withImages, withName, writeIndex } from "../image/store-edit.ts";
import type { RunConfig } from "../image/types.ts";
import { requireContainer } from "./each-container.ts";
import { type Flag, parseFlags, UsageError } from "./flags.ts";
import { setPaused } from "./pause.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";

const FLAGS: readonly Flag[] = [
  { name: "author", short: "a", kind: "text", help: 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")' },
  { name: "change", short: "c", kind: "list", help: "Apply Dockerfile instruction to the created image" },
  { name: "message", short: "m", kind: "text", help: "Commit message" },
  { name: "pause", short: "p", kind: "bool", help: "Pause container during commit (default true)" },
];

/** Of the machine, not of the program in the container. */
const NOT_KEPT = /^(?:HOSTNAME|TERM|HOME)=/;

const startsWith = (words: readonly string[], first: readonly string[]): boolean =>
  first.every((word, at) => words[at] === word);

/** What the container was run with, as an image would say it. */
export function configOf({ spec, labels, stopSignal }: ContainerState, base: RunConfig): RunConfig {
  const { args, env, cwd, user } = spec.process;
  const entrypoint = base.Entrypoint ?? [];
  const keeps = entrypoint.length > 0 && startsWith(args, entrypoint);
  return {
    ...base,
    Env: env.filter((entry) => !NOT_KEPT.test(entry)),
    Entrypoint: keeps ? entrypoint : null,
    Cmd: keeps ? args.slice(entrypoint.length) : args,
    WorkingDir: cwd,
    User: typeof user === "string" ? user : `${user.uid}:${user.gid}`,
    Labels: labels,
    ...(stopSignal === null ? {} : { StopSignal: stopSignal }),
  };
}

export const commit: Verb = {
  usage: "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  summary: "Create a new image from a container's changes",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    const [reference, target, more] = flags.rest;
    if (reference === undefined || more !== undefined) {
      throw new UsageError(`'${runtime.program} commit' requires at least 1 and at most 2 arguments`);
    }
    const name = target === undefined ? null : nameToGive(target);
    const state = requireContainer(runtime, reference);
    const pause = !flags.given("pause") || flags.bool("pause");
    const id = whilePaused(runtime, state, pause, () =>
      withImages(runtime, () =>
        commitContainer(runtime, state, name, {
          changes: flags.list("change"),
          author: flags.text("author"),
          comment: flags.text("message"),
        }),
      ),
    );
    runtime.out(`${id}\n`);
    return 0;
  },
};

function whilePaused<T>(runtime: Runtime, state: ContainerState, wanted: boolean, act: () => T): T {
  const frozen = state.status === "running" && isFrozen(cgroupFolder(runtime.paths, state.id));
  if (!wanted || frozen || state.status !== "running") return act();
  setPaused(runtime, state.id, true);
  try {
    return act();
  } finally {
    setPaused(runtime, state.id, false);
  }
}

interface About {
  readonly changes: readonly string[];
  readonly author: string | null;
  readonly comment: string | null;
}

function commitContainer(runtime: Runtime, state: ContainerState, name: string | null, about: About): string {
  const { paths } = runtime;
  const image = findImage(paths, state.imageId);
  if (!image) throw new CommandError(`No such image: ${state.image}: the container's image has been removed`);
  const config = applyChanges(configOf(state, image.file.config ?? {}), about.changes);
  const layer = layerOfChanges(runtime, `${diskFolder(paths, state.id)}/upper`);
  const history = {
    created: new Date().toISOString(),
    created_by: state.spec.process.args.join(" "),
    ...(about.author === null ? {} : { author: about.author }),
    ...(about.comment === null ? {} : { comment: about.comment }),
  };
  const file = extendConfig(image.file, config, layer, history, about.author ?? undefined);
  const layers = file.rootfs.diff_ids.map((id) => knownLayer(paths, id).descriptor);
  const entry = addImage(paths, file, layers);
  writeIndex(paths, withName(paths, readIndex(paths), entry, name));
  return imageId(runtime, entry.digest);
}

const imageId = ({ paths }: Runtime, digest: string): string => findImage(paths, digest)?.id ?? digest;
