/** `docker images` */
import { listImages } from "../image/store.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { formatRows } from "./format.ts";
import type { Verb } from "./runtime.ts";
import { table } from "./table.ts";
import { humanDuration, humanSize } from "./units.ts";

const FLAGS: readonly Flag[] = [
  { name: "all", short: "a", kind: "bool", help: "Show all images (default hides intermediate images)" },
  { name: "format", kind: "text", help: "Format output: json, or a template of {{.Fields}}" },
  { name: "no-trunc", kind: "bool", help: "Don't truncate output" },
  { name: "quiet", short: "q", kind: "bool", help: "Only show image IDs" },
];

const SHORT_ID = 12;

export const images: Verb = {
  usage: "images [OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    const wanted = flags.rest[0];
    const rows = listImages(runtime.paths)
      .map(({ name, id, createdMs, sizeBytes }) => {
        const at = name.lastIndexOf(":");
        return {
          Repository: name.slice(0, at),
          Tag: name.slice(at + 1),
          ID: flags.bool("no-trunc") ? id : id.replace("sha256:", "").slice(0, SHORT_ID),
          CreatedSince: createdMs === null ? "N/A" : `${humanDuration(Date.now() - createdMs)} ago`,
          Size: humanSize(sizeBytes),
        };
      })
      .filter(({ Repository, Tag }) => wanted === undefined || [Repository, `${Repository}:${Tag}`].includes(wanted));
    const format = flags.text("format");
    if (flags.bool("quiet")) runtime.out(rows.map(({ ID }) => `${ID}\n`).join(""));
    else if (format !== null) runtime.out(formatRows(format, rows));
    else {
      const headings = ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"];
      runtime.out(
        table(
          headings,
          rows.map((row) => Object.values(row)),
        ),
      );
    }
    return 0;
  },
};
