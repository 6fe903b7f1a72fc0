/** `box oci start` (runtime.md, "Start"). */
import { startBundle } from "../../oci/bundle-start.ts";
import { idOf, type OciVerb, withBundle } from "./oci-verb.ts";

export const start: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Let a created container's program run",
  flags: [],
  words: [1, 1],
  run(runtime, flags) {
    const { root } = runtime;
    withBundle(runtime, idOf(flags), (record) =>
      startBundle(runtime, root, record, (words) => runtime.log("warning", words)),
    );
    return 0;
  },
};
