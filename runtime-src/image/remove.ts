/**
 * `docker rmi`: a name goes; with the last name the image and every layer that nothing else needs. docker's conflicts:
 * an image that a container uses, or that has several names, goes by its id only with force, and never while one runs.
 */
import type { Host } from "../container/host.ts";
import { runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { beginSteps, endSteps, ImageChange, writeIndexStep } from "./image-change.ts";
import { NO_NAME, repositoryOf, tagOf } from "./reference.ts";
import { hashOf, type Image, indexFile, listImages, ownImages, requireImage } from "./store.ts";
import { type Moves, moveBack, removeUnused, withName, withoutImage, withoutName } from "./store-edit.ts";
import type { Index } from "./types.ts";
import { containersOf } from "./uses.ts";

export interface Removal {
  readonly image: Image;
  readonly names: readonly string[];
  /** The image goes too, not only these names. */
  readonly isWhole: boolean;
}

export class RemoveChange extends ImageChange {
  readonly choose: () => readonly Removal[];
  removals: readonly Removal[] = [];
  moves: Moves = [];

  constructor(host: Host, name: string, choose: () => readonly Removal[]) {
    super(host, name);
    this.choose = choose;
  }

  override enter(index: Index): Index {
    return this.removals.reduce((left, removal) => without(this.host, left, removal), index);
  }
}

/** What is moved aside is deleted with the work folder: until then all of it can come back. */
export const removeSteps: readonly Step<RemoveChange>[] = [
  ...beginSteps,
  {
    name: "choose-images",
    part: null,
    syscall: "read",
    args: ({ host }) => [indexFile(ownImages(host.paths))],
    source: sourceHere(),
    run: (c) => {
      c.removals = c.choose();
    },
  },
  writeIndexStep,
  {
    // The layers of an image that came with the guest stay where they are: nothing can take them from there.
    name: "put-aside",
    part: "filesystem",
    syscall: "rename",
    args: ({ moves }) => moves.map(([from]) => from),
    source: sourceHere(),
    run: (c) => {
      c.moves = removeUnused(c.host);
    },
    undo: ({ moves }) => moveBack(moves),
  },
  ...endSteps,
];

function remove(host: Host, name: string, operation: string, choose: () => readonly Removal[]): RemoveChange {
  const change = new RemoveChange(host, name, choose);
  runChange(change, operation, removeSteps);
  return change;
}

/** As docker prints them: "Untagged: NAME", "Deleted: DIGEST"; a layer with the first image that had it. */
function linesOf({ removals, moves }: RemoveChange): string[] {
  const gone = new Set(moves.map(([from]) => from.slice(from.lastIndexOf("/") + 1)));
  return removals.flatMap(({ image, names, isWhole }) => {
    const untagged = names.map((name) => `Untagged: ${name}`);
    if (!isWhole) return untagged;
    const layers = [...image.file.rootfs.diff_ids].reverse().filter((id) => gone.delete(hashOf(id)));
    return [...untagged, ...[image.id, ...layers].map((id) => `Deleted: ${id}`)];
  });
}

function without({ paths }: Host, index: Index, { image, names, isWhole }: Removal): Index {
  const untagged = names.reduce((before, name) => {
    const { index: after, removed } = withoutName(paths, before, name);
    return removed ? withName(paths, after, removed, null) : after;
  }, index);
  return isWhole ? withoutImage(untagged, image.digest) : untagged;
}

export const removeImage = (host: Host, reference: string, force: boolean): string[] =>
  linesOf(remove(host, reference, "rmi", () => [chosen(host, reference, force)]));

function chosen(host: Host, reference: string, force: boolean): Removal {
  const { paths } = host;
  const image = requireImage(paths, reference);
  const names = namesOf(host, image);
  const byName = !image.id.startsWith(reference.startsWith("sha256:") ? reference : `sha256:${reference}`);
  if (byName && names.length > 1) return { image, names: [image.name], isWhole: false };
  const stays = byName ? conflictByName(host, image, force) : conflictById(host, image, names, force);
  return { image, names: byName ? [image.name] : names, isWhole: !stays };
}

const namesOf = ({ paths }: Host, image: Image): string[] =>
  listImages(paths)
    .filter(({ id, name }) => id === image.id && name !== NO_NAME)
    .map(({ name }) => name);

const short = (id: string): string => id.replace("sha256:", "").slice(0, 12);

/** true: with force, but a container needs it, so that only the name goes. */
function conflictByName(host: Host, image: Image, force: boolean): boolean {
  const [user] = containersOf(host, image.id);
  if (!user) return false;
  if (force) return true;
  const name = `"${repositoryOf(image.name)}:${tagOf(image.name)}"`;
  throw new Error(
    `conflict: unable to remove repository reference ${name} (must force) - container ${short(user.id)} is using its referenced image ${short(image.id)}`,
  );
}

function conflictById(host: Host, image: Image, names: readonly string[], force: boolean): boolean {
  const conflict = (how: string, why: string) =>
    new Error(`conflict: unable to delete ${short(image.id)} (${how}) - ${why}`);
  const users = containersOf(host, image.id);
  const running = users.find(({ status }) => status === "running");
  if (running) {
    throw conflict("cannot be forced", `image is being used by running container ${short(running.id)}`);
  }
  if (force) return false;
  const repositories = new Set(names.map(repositoryOf));
  if (repositories.size > 1) throw conflict("must be forced", "image is referenced in multiple repositories");
  if (users[0]) throw conflict("must be forced", `image is being used by stopped container ${short(users[0].id)}`);
  return false;
}

/** Nameless ones, or with `all` every one that no container uses; [lines, bytes]. */
export function pruneImages(host: Host, all: boolean, wanted: (image: Image) => boolean): readonly [string[], number] {
  const { paths } = host;
  const change = remove(host, "", "prune", () => {
    const isUnused = (image: Image) =>
      (all || image.name === NO_NAME) && !image.building && wanted(image) && containersOf(host, image.id).length === 0;
    const byId = new Map(listImages(paths).map((image) => [image.id, image]));
    return [...byId.values()].filter(isUnused).map((image) => ({ image, names: namesOf(host, image), isWhole: true }));
  });
  const own = change.removals.filter(({ image }) => image.layers.some((tree) => tree.startsWith(paths.lib)));
  return [linesOf(change), own.reduce((sum, { image }) => sum + image.sizeBytes, 0)];
}
