/** `docker tag` */
import { changeIndex } from "../image/image-change.ts";
import { nameToGive } from "../image/reference.ts";
import { requireImage } from "../image/store.ts";
import { withName } from "../image/store-edit.ts";
import { parseFlags } from "./flags.ts";
import type { Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

export const tag: Verb = {
  usage: "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  run(runtime, argv) {
    const { rest } = parseFlags([], argv, true);
    requireWords(rest, 2, 2);
    const [source = "", target = ""] = rest;
    const name = nameToGive(target);
    const { paths } = runtime;
    changeIndex(runtime, { name, operation: "tag" }, (index) =>
      withName(paths, index, requireImage(paths, source).entry, name),
    );
    return 0;
  },
};
