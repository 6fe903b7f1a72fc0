/** No registry can be reached from this machine: how that is said, and the verbs that have no other answer. */
import type { Paths } from "../container/paths.ts";
import { listImages } from "../image/store.ts";
import { CommandError, type Verb } from "./runtime.ts";

const REASON = "no registry can be reached";

export const WAYS = `An image comes here as a file: docker load -i FILE (written by docker save elsewhere, for linux/386),
docker import FILE NAME (a root file system), or docker build -t NAME FOLDER on top of one that is here.`;

/** docker's words for an image that it may not have, the reason, and the images that are here. */
export function noRegistry(paths: Paths, reference: string): string {
  const here = listImages(paths).map(({ name }) => name.replace(/:latest$/, ""));
  const list = here.length > 0 ? here.join(", ") : "none";
  return `pull access denied for ${reference}: ${REASON}; images here: ${list}`;
}

const refused = (usage: string, summary: string, hint: string): Verb => ({
  usage,
  summary: `${summary} (refused: ${REASON})`,
  run() {
    throw new CommandError(`${usage.split(" ")[0]}: ${REASON} from this machine; ${hint}`);
  },
});

export const push = refused(
  "push [OPTIONS] NAME[:TAG]",
  "Upload an image to a registry",
  "docker save -o FILE NAME writes an image to a file",
);
export const search = refused(
  "search [OPTIONS] TERM",
  "Search Docker Hub for images",
  "docker images lists those that are here",
);
export const login = refused("login [OPTIONS] [SERVER]", "Authenticate to a registry", "no image here needs it");
export const logout = refused("logout [SERVER]", "Log out from a registry", "nobody is logged in");
