/** `docker images` */
import { NO_NAME, repositoryOf, tagOf } from "../image/reference.ts";
import { findImage, type Image, isReference, listImages, normalizeReference } from "../image/store.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { type ListShape, printList, type Row } from "./list-output.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { humanDuration, humanSize } from "./units.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "all", short: "a", kind: "bool", help: "Show all images (default hides intermediate images)" },
  { name: "digests", kind: "bool", help: "Show digests" },
  { name: "filter", short: "f", kind: "list", help: "Filter output based on conditions provided" },
  { name: "format", kind: "text", help: "Format output: json, table, or a template of {{.Fields}}" },
  { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
  { name: "quiet", short: "q", kind: "bool", help: "Only show image IDs" },
];

const SHORT_ID = 12;

const HEADINGS = {
  Repository: "REPOSITORY",
  Tag: "TAG",
  Digest: "DIGEST",
  ID: "IMAGE ID",
  CreatedSince: "CREATED",
  CreatedAt: "CREATED AT",
  Size: "SIZE",
};

export const since = (createdMs: number | null): string =>
  createdMs === null ? "N/A" : `${humanDuration(Date.now() - createdMs)} ago`;

const dockerTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;

function rowOf(image: Image, whole: boolean): Row {
  const { name, id, createdMs } = image;
  return {
    Repository: name === NO_NAME ? "<none>" : repositoryOf(name),
    Tag: name === NO_NAME ? "<none>" : tagOf(name),
    Digest: image.digest,
    ID: whole ? id : id.replace("sha256:", "").slice(0, SHORT_ID),
    CreatedSince: since(createdMs),
    CreatedAt: createdMs === null ? "N/A" : dockerTime(createdMs),
    Size: humanSize(image.sizeBytes),
    Containers: "N/A",
    SharedSize: "N/A",
    UniqueSize: "N/A",
    VirtualSize: humanSize(image.sizeBytes),
  };
}

const FILTERS = ["before", "dangling", "label", "reference", "since", "until"];

async function filtered(runtime: Runtime, all: readonly Image[], texts: readonly string[]): Promise<readonly Image[]> {
  if (texts.length === 0) return all;
  const { parseFilters, filterBool } = await import("./filter.ts");
  const filters = parseFilters(texts, FILTERS);
  const created = (reference: string): number => {
    const image = findImage(runtime.paths, reference);
    if (!image) throw new CommandError(`No such image: ${reference}`);
    return image.createdMs ?? 0;
  };
  const glob = (pattern: string, name: string): boolean => {
    const text = pattern
      .replace(/[.+^${}()|\\]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]");
    return new RegExp(`^(?:.*/)?${text}$`).test(pattern.includes(":") ? name : repositoryOf(name));
  };
  const untilMs = (value: string): number => (/^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value));
  return all.filter(
    (image) =>
      filters.matches("dangling", (value) => filterBool("dangling", value) === (image.name === NO_NAME)) &&
      filters.matchesLabels(image.labels) &&
      filters.matches("reference", (pattern) => glob(pattern, image.name)) &&
      filters.matches("before", (reference) => (image.createdMs ?? 0) < created(reference)) &&
      filters.matches("since", (reference) => (image.createdMs ?? 0) > created(reference)) &&
      filters.matches("until", (value) => (image.createdMs ?? 0) < untilMs(value)),
  );
}

/** "busybox", "busybox:latest", and with a pattern as --filter reference has it. */
const isNamed = (wanted: string, name: string): boolean =>
  name === normalizeReference(wanted) ||
  (!wanted.includes(":") && repositoryOf(name) === repositoryOf(normalizeReference(wanted)));

export const images: Verb = {
  usage: "images [OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 1);
    const [wanted] = flags.rest;
    const all = listImages(runtime.paths).filter(({ building }) => !building || flags.bool("all"));
    const pattern = wanted !== undefined && !isReference(wanted) ? [`reference=${wanted}`] : [];
    const found = await filtered(runtime, all, [...flags.list("filter"), ...pattern]);
    const rows = found
      .filter(({ name }) => wanted === undefined || pattern.length > 0 || isNamed(wanted, name))
      .sort((a, b) => (b.createdMs ?? 0) - (a.createdMs ?? 0))
      .map((image) => rowOf(image, flags.bool("no-trunc")));
    const digest = flags.bool("digests") ? ["Digest"] : [];
    const columns = ["Repository", "Tag", ...digest, "ID", "CreatedSince", "Size"];
    const shape: ListShape = { headings: HEADINGS, columns, id: "ID", type: "*formatter.imageContext" };
    // an image with two names has one id
    const unique = flags.bool("quiet")
      ? rows.filter(({ ID }, at) => rows.findIndex((row) => row.ID === ID) === at)
      : rows;
    await printList(runtime, flags, shape, unique);
    return 0;
  },
};
