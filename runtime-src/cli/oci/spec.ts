/** `box oci spec`: a config.json to begin with, as `runc spec` writes it. */
import { existsSync, writeFileSync } from "node:fs";
import { exampleConfig } from "../../oci/example-config.ts";
import { bool, type OciVerb, text } from "./oci-verb.ts";

export const spec: OciVerb = {
  usage: "",
  summary: "Write a config.json to begin with",
  flags: [
    text("bundle", "Folder of the bundle (the current one)", "b"),
    bool("rootless", "With a user namespace of its own"),
  ],
  words: [0, 0],
  run(_, flags) {
    const file = `${flags.text("bundle") ?? "."}/config.json`;
    if (existsSync(file)) throw new Error(`${file} is there already: remove it first`);
    writeFileSync(file, `${JSON.stringify(exampleConfig(flags.bool("rootless")), null, 2)}\n`, { mode: 0o666 });
    return 0;
  },
};
