/**
 * What `docker pull` can do without a registry: what is here under that name is up to date, and a name that came with the
 * guest and was given away or removed is given back. Its layers have been here all the time.
 */
import { emitEvents, imageEvent } from "../container/events.ts";
import type { Host } from "../container/host.ts";
import { changeIndex } from "./image-change.ts";
import { fullName, normalizeReference, repositoryOf, tagOf } from "./reference.ts";
import { findImage, type Image, listBundled } from "./store.ts";
import { withName } from "./store-edit.ts";

export interface Pulled {
  /** Normalised. */
  readonly name: string;
  /** docker's account of it, without the last line, which is the full name. */
  readonly lines: readonly string[];
}

const shortDigest = (digest: string): string => digest.replace("sha256:", "").slice(0, 12);

/** null: nobody has it. */
export function pullImage(host: Host, reference: string): Pulled | null {
  const [plain = "", digest] = reference.split("@");
  const name = normalizeReference(plain);
  const here = findImage(host.paths, reference);
  if (here) return pulled(host, name, account(name, here, [], "Image is up to date for"));
  const bundled = listBundled(host.paths).find(
    (image) => image.name === name && (digest === undefined || image.digest === digest),
  );
  if (!bundled) return null;
  changeIndex(host, { name, operation: "pull" }, (index) => withName(host.paths, index, bundled.entry, name));
  const layers = bundled.manifest.layers.map((layer) => `${shortDigest(layer.digest)}: Already exists`);
  return pulled(host, name, account(name, bundled, layers, "Downloaded newer image for"));
}

function pulled(host: Host, name: string, lines: readonly string[]): Pulled {
  emitEvents(host.paths, [imageEvent(name, "pull", repositoryOf(name))]);
  return { name, lines };
}

const account = (name: string, { digest }: Image, layers: readonly string[], status: string): string[] => [
  `${tagOf(name)}: Pulling from ${repositoryOf(fullName(name)).replace(/^docker\.io\//, "")}`,
  ...layers,
  `Digest: ${digest}`,
  `Status: ${status} ${name}`,
];
