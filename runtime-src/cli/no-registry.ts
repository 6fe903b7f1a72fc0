/** No registry can be reached from this machine: how that is said, and the verbs that have no other answer. */
import type { Paths } from "../container/paths.ts";
import { listImages } from "../image/store.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const REASON = "no registry can be reached";

export const WAYS = `An image comes here as a file: docker load -i FILE (written by docker save elsewhere, for linux/386),
docker import FILE NAME (a root file system), or docker build -t NAME FOLDER on top of one that is here.`;

const text = (name: string, short?: string): Flag => ({ name, kind: "text", help: "", ...(short ? { short } : {}) });
const bool = (name: string, short?: string): Flag => ({ ...text(name, short), kind: "bool" });
/** Of all of them: they change nothing. */
const FLAGS: readonly Flag[] = [
  ...[text("username", "u"), text("password", "p"), bool("password-stdin"), text("platform"), text("limit")],
  ...[text("filter", "f"), text("format"), bool("no-trunc"), bool("all-tags", "a"), bool("quiet", "q")],
];

/** docker's words for an image that it may not have, the reason, and the images that are here. */
export function noRegistry(paths: Paths, reference: string): string {
  const here = listImages(paths).map(({ name }) => name.replace(/:latest$/, ""));
  const list = here.length > 0 ? here.join(", ") : "none";
  return `pull access denied for ${reference}: ${REASON}; images here: ${list}`;
}

/** With the number of words that docker asks for. */
const refused = (usage: string, summary: string, hint: string, least: number): Verb => ({
  usage,
  summary: `${summary} (refused: ${REASON})`,
  run(_, argv) {
    requireWords(parseFlags(FLAGS, argv, true).rest, least, 1);
    throw new CommandError(`${usage.split(" ")[0]}: ${REASON} from this machine; ${hint}`);
  },
});

export const push = refused(
  "push [OPTIONS] NAME[:TAG]",
  "Upload an image to a registry",
  "docker save -o FILE NAME writes an image to a file",
  1,
);
export const search = refused(
  "search [OPTIONS] TERM",
  "Search Docker Hub for images",
  "docker images lists those that are here",
  1,
);
export const login = refused("login [OPTIONS] [SERVER]", "Authenticate to a registry", "no image here needs it", 0);
export const logout = refused("logout [SERVER]", "Log out from a registry", "nobody is logged in", 0);
