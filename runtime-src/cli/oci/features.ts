/** `box oci features` (runtime-spec features.md). */
import { featuresObject } from "../../oci/features.ts";
import type { OciVerb } from "./oci-verb.ts";

export const features: OciVerb = {
  usage: "",
  summary: "Print what this runtime supports, as JSON",
  flags: [],
  words: [0, 0],
  run(runtime) {
    runtime.out(`${JSON.stringify(featuresObject(), null, 2)}\n`);
    return 0;
  },
};
