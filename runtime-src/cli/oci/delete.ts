/** `box oci delete` (runtime.md, "Delete"): of a stopped container; --force kills it first, and is content with none. */

import { existsSync } from "node:fs";
import { destroyBundle } from "../../oci/bundle-delete.ts";
import { bundleFolder, findRecord, lockBundle, removeRecord, requireRecord, statusOf } from "../../oci/bundle-state.ts";
import { bool, idOf, type OciRuntime, type OciVerb, withBundle } from "./oci-verb.ts";

/** A folder without a record is what a creator leaves that was killed at its first step. */
function removeRemains(runtime: OciRuntime, id: string): void {
  const { root } = runtime;
  if (!existsSync(bundleFolder(root, id))) return;
  const lock = lockBundle(runtime, root, id, false);
  if (lock === null) throw new Error(`container "${id}" is just being made`);
  removeRecord(root, id);
  runtime.linux.close(lock);
}

export const deleteVerb: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Remove a stopped container and all that it used",
  flags: [bool("force", "Kill it first if it still runs; no error if there is none", "f")],
  words: [1, 1],
  run(runtime, flags) {
    const id = idOf(flags);
    const force = flags.bool("force");
    if (!findRecord(runtime.root, id)) {
      if (!force) requireRecord(runtime.root, id);
      removeRemains(runtime, id);
      return 0;
    }
    withBundle(runtime, id, (record) => {
      const status = statusOf(runtime, runtime.root, record);
      if (status !== "stopped" && !force) {
        throw new Error(`cannot delete container ${id} that is not stopped: ${status}`);
      }
      destroyBundle(runtime, runtime.root, record, (words) => runtime.log("warning", words));
    });
    return 0;
  },
};
