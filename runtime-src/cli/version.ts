/** `docker version`: this runtime, the kernel it stands on, the engine it runs in. There is no server apart from it. */
import { readFileSync } from "node:fs";
import { OCI_VERSION } from "../oci/version.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

export const BOX_VERSION = "0.1.0";

/** What `docker --version` prints. */
export const versionLine = (program: string): string => `${program} version ${BOX_VERSION}, build glassbox\n`;

const FLAGS: readonly Flag[] = [
  { name: "format", short: "f", kind: "text", help: "Format output: json or a Go template" },
];

export const kernelRelease = (): string => readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();

const facts = () => {
  const common = { Version: BOX_VERSION, Os: "linux", Arch: "386", KernelVersion: kernelRelease() };
  const engine = { Name: "QuickJS", Version: process.versions.quickjs ?? "none" };
  return {
    Client: { ...common, Context: "default" },
    Server: {
      ...common,
      Platform: { Name: "Glassbox container runtime" },
      Components: [{ Name: "Runtime", Version: BOX_VERSION, Details: { "OCI runtime-spec": OCI_VERSION } }, engine],
    },
  };
};

export const version: Verb = {
  usage: "version [OPTIONS]",
  summary: "Show the version information",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const format = flags.text("format");
    if (format !== null) {
      const { compileFormat } = await import("./format.ts");
      runtime.out(`${compileFormat(format, { type: "system.versionInfo" })(facts())}\n`);
      return 0;
    }
    const lines = {
      Version: BOX_VERSION,
      "OCI runtime-spec": OCI_VERSION,
      Engine: `QuickJS ${process.versions.quickjs ?? "none"}`,
      "OS/Arch": "linux/386",
      Kernel: kernelRelease(),
    };
    const text = Object.entries(lines).map(([name, value]) => ` ${`${name}:`.padEnd(19)}${value}`);
    runtime.out(`Glassbox container runtime\n${text.join("\n")}\n`);
    return 0;
  },
};

/** What `runc --version` prints: who calls it by name reads the second line. */
export const ociVersionLines = (program: string): string =>
  `${program} oci version ${BOX_VERSION}\nspec: ${OCI_VERSION}\n`;
