/** `docker tag` */
import { emitEvents, imageEvent } from "../container/events.ts";
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
    let id = "";
    changeIndex(runtime, { name, operation: "tag" }, (index) => {
      const image = requireImage(paths, source);
      id = image.id;
      return withName(paths, index, image.entry, name);
    });
    emitEvents(paths, [imageEvent(id, "tag", name)]);
    return 0;
  },
};
