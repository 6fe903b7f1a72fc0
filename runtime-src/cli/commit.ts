/** `docker commit` */
import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupFolder, diskFolder } from "../container/paths.ts";
import { runChange } from "../container/run-change.ts";
import type { ContainerState } from "../container/state.ts";
import { applyChanges, commitSteps, extendConfig, LayerChange } from "../image/commit.ts";
import { idOf } from "../image/image-change.ts";
import { knownLayer } from "../image/layers.ts";
import { nameToGive } from "../image/reference.ts";
import { findImage } from "../image/store.ts";
import type { RunConfig } from "../image/types.ts";
import { requireContainer } from "./each-container.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "author", short: "a", kind: "text", help: 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")' },
  { name: "change", short: "c", kind: "list", help: "Apply Dockerfile instruction to the created image" },
  EXPLAIN,
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
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1, 2);
    const [reference = "", target] = flags.rest;
    const name = target === undefined ? null : nameToGive(target);
    const state = requireContainer(runtime, reference);
    const pause = !flags.given("pause") || flags.bool("pause");
    await explainIfAsked(runtime, flags);
    const id = commitContainer(runtime, state, name, {
      changes: flags.list("change"),
      author: flags.text("author"),
      comment: flags.text("message"),
      pause,
    });
    runtime.out(`${id}\n`);
    return 0;
  },
};

interface About {
  readonly changes: readonly string[];
  readonly author: string | null;
  readonly comment: string | null;
  readonly pause: boolean;
}

function commitContainer(runtime: Runtime, state: ContainerState, name: string | null, about: About): string {
  const { paths } = runtime;
  const image = findImage(paths, state.imageId);
  if (!image) throw new CommandError(`No such image: ${state.image}: the container's image has been removed`);
  const config = applyChanges(configOf(state, image.file.config ?? {}), about.changes);
  const history = {
    created: new Date().toISOString(),
    created_by: state.spec.process.args.join(" "),
    ...(about.author === null ? {} : { author: about.author }),
    ...(about.comment === null ? {} : { comment: about.comment }),
  };
  const isMoving = state.status === "running" && !isFrozen(runtime, cgroupFolder(paths, state.id));
  const change = new LayerChange(runtime, {
    name: name ?? state.name,
    upper: `${diskFolder(paths, state.id)}/upper`,
    frozen: about.pause && isMoving ? state : null,
    imageOf(layer) {
      const file = extendConfig(image.file, config, layer, history, about.author ?? undefined);
      const below = image.file.rootfs.diff_ids.map((id) => knownLayer(paths, id).descriptor);
      return { config: file, layers: [...below, layer], names: name === null ? [] : [name] };
    },
  });
  runChange(change, "commit", commitSteps);
  return idOf(paths, change.entries);
}
