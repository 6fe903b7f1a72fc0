/** The image of `run` and `create` when it is not here, or when --pull says what is to be done about it. */
import { pullImage } from "../image/pull.ts";
import { findImage, type Image, normalizeReference } from "../image/store.ts";
import type { ParsedFlags } from "./flags.ts";
import { noRegistry } from "./no-registry.ts";
import { CommandError, type Runtime } from "./runtime.ts";
import { CANNOT_RUN } from "./start-failure.ts";

const POLICIES = ["always", "missing", "never"];

/** What it says goes to standard error: the output is the container's. */
export function pullForRun(runtime: Runtime, flags: ParsedFlags, reference: string): Image {
  const { paths, err } = runtime;
  const policy = flags.text("pull") || "missing";
  if (!POLICIES.includes(policy)) {
    const words = `must be one of "always", "missing" or "never"`;
    throw new CommandError(`invalid pull option: '${policy}': ${words}`, CANNOT_RUN);
  }
  const says = (line: string) => {
    if (!flags.bool("quiet")) err(`${line}\n`);
  };
  const here = policy === "always" ? null : findImage(paths, reference);
  if (here) return here;
  const name = normalizeReference(reference);
  if (policy === "never") throw new CommandError(`No such image: ${name}`, CANNOT_RUN);
  if (policy === "missing") says(`Unable to find image '${name}' locally`);
  for (const line of pullImage(runtime, reference)?.lines ?? []) says(line);
  const image = findImage(paths, reference);
  if (!image) throw new CommandError(noRegistry(paths, reference), CANNOT_RUN);
  return image;
}
