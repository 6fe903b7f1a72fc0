/** The image of FROM or of COPY --from, pulled where it is not here, or where `build --pull` wants it. */
import type { Build } from "./build-stage.ts";
import { pullImage } from "./pull.ts";
import { findImage, type Image, isReference } from "./store.ts";

/** null: nobody has it. */
export function baseImage({ host, pulls, say }: Build, reference: string): Image | null {
  const here = pulls ? null : findImage(host.paths, reference);
  if (here || !isReference(reference)) return here;
  for (const line of pullImage(host, reference)?.lines ?? []) say(`${line}\n`);
  return findImage(host.paths, reference);
}
