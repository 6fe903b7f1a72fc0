/**
 * `docker rmi`: a name goes; with the last name the image and every layer that nothing else needs. docker's conflicts:
 * an image that a container uses, or that has several names, goes by its id only with force, and never while one runs.
 */
import type { Host } from "../container/host.ts";
import { NO_NAME, repositoryOf, tagOf } from "./reference.ts";
import { type Image, listImages, requireImage } from "./store.ts";
import { readIndex, removeUnused, withName, withoutImage, withoutName, writeIndex } from "./store-edit.ts";
import { containersOf } from "./uses.ts";

export interface RemoveOptions {
  readonly force: boolean;
}

/** Lines as docker prints them: "Untagged: NAME", "Deleted: DIGEST". Called with the lock held. */
export function removeImage(host: Host, reference: string, { force }: RemoveOptions): string[] {
  const { paths } = host;
  const image = requireImage(paths, reference);
  const names = listImages(paths)
    .filter(({ id, name }) => id === image.id && name !== NO_NAME)
    .map(({ name }) => name);
  const byName = !image.id.startsWith(reference.startsWith("sha256:") ? reference : `sha256:${reference}`);
  const going = byName ? [image.name] : names;
  if (byName && names.length > 1) return untag(host, going);
  const stays = byName ? conflictByName(host, image, force) : conflictById(host, image, names, force);
  const lines = untag(host, going);
  if (stays) return lines;
  return [...lines, ...deleteImage(host, image)];
}

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

function untag(host: Host, names: readonly string[]): string[] {
  const { paths } = host;
  let index = readIndex(paths);
  for (const name of names) {
    const { index: without, removed } = withoutName(paths, index, name);
    index = removed ? withName(paths, without, removed, null) : without;
  }
  writeIndex(paths, index);
  return names.map((name) => `Untagged: ${name}`);
}

/** The layers of an image that came with the guest stay where they are: nothing can take them from there. */
function deleteImage(host: Host, image: Image): string[] {
  const { paths } = host;
  writeIndex(paths, withoutImage(readIndex(paths), image.digest));
  const gone = new Set(removeUnused(host));
  const ids = [...image.file.rootfs.diff_ids].reverse();
  return [image.id, ...ids.filter((id) => gone.has(id.replace("sha256:", "")))].map((id) => `Deleted: ${id}`);
}

/** Nameless ones, or with `all` every one that no container uses; [lines, bytes]. Called with the lock held. */
export function pruneImages(host: Host, all: boolean, wanted: (image: Image) => boolean): readonly [string[], number] {
  const { paths } = host;
  const lines: string[] = [];
  let bytes = 0;
  const done = new Set<string>();
  for (const image of listImages(paths)) {
    const isCandidate = (all || image.name === NO_NAME) && !image.building && !done.has(image.id);
    if (!isCandidate || !wanted(image) || containersOf(host, image.id).length > 0) continue;
    done.add(image.id);
    const own = image.layers.filter((tree) => tree.startsWith(paths.lib));
    bytes += own.length === 0 ? 0 : image.sizeBytes;
    lines.push(...removeImage(host, image.id, { force: true }));
  }
  return [lines, bytes];
}
