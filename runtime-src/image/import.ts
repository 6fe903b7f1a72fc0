/** `docker import`: a tar file of a root file system becomes an image of one layer; the table of its steps. */
import { mkdirSync } from "node:fs";
import type { Host } from "../container/host.ts";
import { runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { ARCHIVE, runArchive } from "./archive.ts";
import { unpackedLayer } from "./commit.ts";
import { beginSteps, endSteps, ImageChange, idOf, keepSteps } from "./image-change.ts";
import { unpackLimit } from "./load.ts";
import { workFolder } from "./store.ts";
import type { RunConfig } from "./types.ts";

export interface ImportOptions {
  readonly name: string | null;
  readonly config: RunConfig;
  readonly comment: string;
}

class ImportChange extends ImageChange {
  /** A descriptor. */
  readonly input: number;
  readonly options: ImportOptions;

  constructor(host: Host, input: number, options: ImportOptions) {
    super(host, options.name ?? "");
    this.input = input;
    this.options = options;
  }
}

export const importSteps: readonly Step<ImportChange>[] = [
  ...beginSteps,
  {
    name: "unpack-layer",
    part: "filesystem",
    syscall: "execve",
    args: ({ host }) => [ARCHIVE, "unpack", "--folder", `${workFolder(host.paths)}/root`],
    source: sourceHere(),
    run: unpackRoot,
  },
  ...keepSteps,
  ...endSteps,
];

function unpackRoot(c: ImportChange): void {
  const { name, config, comment } = c.options;
  const folder = `${workFolder(c.host.paths)}/root`;
  mkdirSync(folder, 0o700);
  const args = ["unpack", "--folder", folder, "--limit", unpackLimit(c.host)];
  const layer = unpackedLayer(runArchive(c.host, args, { input: c.input })[0]);
  const created = new Date().toISOString();
  const file = {
    created,
    architecture: "386",
    os: "linux",
    config,
    rootfs: { type: "layers", diff_ids: [layer.digest] },
    history: [{ created, comment }],
  };
  c.layers = [{ folder, descriptor: layer }];
  c.images = [{ config: file, layers: [layer], names: name === null ? [] : [name] }];
}

/** The new image's id. */
export function importRoot(host: Host, input: number, options: ImportOptions): string {
  const change = new ImportChange(host, input, options);
  runChange(change, "import", importSteps);
  return idOf(host.paths, change.entries);
}
