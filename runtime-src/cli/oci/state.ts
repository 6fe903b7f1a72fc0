/** `box oci state` (runtime.md, "Query State"), with runc's fields beyond the spec's. */
import { requireRecord, stateObject, statusOf } from "../../oci/bundle-state.ts";
import { idOf, type OciVerb } from "./oci-verb.ts";

export const state: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Print a container's state, as JSON",
  flags: [],
  words: [1, 1],
  run(runtime, flags) {
    const record = requireRecord(runtime.root, idOf(flags));
    const status = statusOf(runtime, runtime.root, record);
    const shown = {
      ...stateObject(record, status, record.pid),
      rootfs: record.spec.rootPath,
      created: new Date(record.createdMs).toISOString(),
      owner: record.owner,
    };
    runtime.out(`${JSON.stringify(shown, null, 2)}\n`);
    return 0;
  },
};
