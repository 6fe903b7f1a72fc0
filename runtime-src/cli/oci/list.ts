/** `box oci list`: runc's columns, or JSON. */
import { findRecord, recordIds, statusOf } from "../../oci/bundle-state.ts";
import { UsageError } from "../flags.ts";
import { bool, type OciVerb, text } from "./oci-verb.ts";

export const list: OciVerb = {
  usage: "",
  summary: "List containers",
  flags: [text("format", "table or json", "f"), bool("quiet", "Only their ids", "q")],
  words: [0, 0],
  run(runtime, flags) {
    const { root } = runtime;
    const rows = recordIds(root).flatMap((id) => {
      const record = findRecord(root, id);
      if (!record) return [];
      const status = statusOf(runtime, root, record);
      const { bundle, spec, createdMs, owner } = record;
      const pid = status === "stopped" ? 0 : (record.pid ?? 0);
      const created = new Date(createdMs).toISOString();
      return [{ id, pid, status, bundle, rootfs: spec.rootPath, created, annotations: spec.annotations, owner }];
    });
    const format = flags.text("format") ?? "table";
    if (flags.bool("quiet")) runtime.out(rows.map(({ id }) => `${id}\n`).join(""));
    else if (format === "json") runtime.out(`${JSON.stringify(rows)}\n`);
    else if (format !== "table") throw new UsageError(`invalid format option "${format}": use table or json`);
    else {
      const cells = rows.map((row) => [row.id, String(row.pid), row.status, row.bundle, row.created, row.owner]);
      runtime.out(columns([["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"], ...cells]));
    }
    return 0;
  },
};

function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(12, ...rows.map((row) => (row[i] ?? "").length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
