/** `docker history` */
import { contentBytes, type Image, requireImage } from "../image/store.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { since } from "./images.ts";
import { printList, type Row } from "./list-output.ts";
import type { Verb } from "./runtime.ts";
import { humanSize } from "./units.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "format", kind: "text", help: "Format output: json, table, or a template of {{.Fields}}" },
  { name: "human", short: "H", kind: "bool", help: "Print sizes and dates in human readable format (default true)" },
  { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
  { name: "quiet", short: "q", kind: "bool", help: "Only show image IDs" },
];

const HEADINGS = {
  ID: "IMAGE",
  CreatedSince: "CREATED",
  CreatedAt: "CREATED AT",
  CreatedBy: "CREATED BY",
  Size: "SIZE",
  Comment: "COMMENT",
};
const COMMAND_WIDTH = 45;
const SHORT_ID = 12;

/** Uppermost first; only the last step has an id, as in docker since it keeps no intermediate images. */
function rowsOf(image: Image, whole: boolean, human: boolean): Row[] {
  let layer = 0;
  const steps = (image.file.history ?? []).map((step) => {
    const descriptor = step.empty_layer ? undefined : image.manifest.layers[layer++];
    return { step, bytes: descriptor ? contentBytes(descriptor) : 0 };
  });
  return steps.reverse().map(({ step, bytes }, at): Row => {
    const command = step.created_by ?? "";
    const createdMs = step.created ? Date.parse(step.created) : null;
    const shown = whole || command.length <= COMMAND_WIDTH ? command : `${command.slice(0, COMMAND_WIDTH - 1)}…`;
    const id = whole ? image.id : image.id.replace("sha256:", "").slice(0, SHORT_ID);
    return {
      ID: at === 0 ? id : "<missing>",
      CreatedSince: human ? since(createdMs) : (step.created ?? "N/A"),
      CreatedAt: step.created ?? "N/A",
      CreatedBy: shown.replaceAll("\t", " "),
      Size: human ? humanSize(bytes) : String(bytes),
      Comment: step.comment ?? "",
    };
  });
}

export const history: Verb = {
  usage: "history [OPTIONS] IMAGE",
  summary: "Show the history of an image",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1, 1);
    const [reference = ""] = flags.rest;
    const human = !flags.given("human") || flags.bool("human");
    const rows = rowsOf(requireImage(runtime.paths, reference), flags.bool("no-trunc"), human);
    const columns = ["ID", human ? "CreatedSince" : "CreatedAt", "CreatedBy", "Size", "Comment"];
    await printList(runtime, flags, { headings: HEADINGS, columns, id: "ID", type: "*image.historyContext" }, rows);
    return 0;
  },
};
