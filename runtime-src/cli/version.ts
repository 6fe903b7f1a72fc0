/** `docker version`: this runtime, the kernel it stands on, the engine it runs in. */
import { readFileSync } from "node:fs";
import { type Flag, parseFlags } from "./flags.ts";
import type { Verb } from "./runtime.ts";

export const BOX_VERSION = "0.1.0";
const OCI_SPEC = "1.0.2";

const FLAGS: readonly Flag[] = [{ name: "format", short: "f", kind: "text", help: "Format output: json" }];

export const kernelRelease = (): string => readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();

export const version: Verb = {
  usage: "version [OPTIONS]",
  summary: "Show the version information",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    const facts = {
      Version: BOX_VERSION,
      "OCI runtime-spec": OCI_SPEC,
      Engine: `QuickJS ${process.versions.quickjs ?? "none"}`,
      "OS/Arch": "linux/386",
      Kernel: kernelRelease(),
    };
    if (flags.text("format") === "json") runtime.out(`${JSON.stringify(facts)}\n`);
    else {
      const lines = Object.entries(facts).map(([name, value]) => ` ${`${name}:`.padEnd(19)}${value}`);
      runtime.out(`Glassbox container runtime\n${lines.join("\n")}\n`);
    }
    return 0;
  },
};
