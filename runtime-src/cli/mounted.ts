/** A mount of docker's three kinds: what the spec says of it, and what `inspect` and `rm -v` must know. */
import type { MountSpec } from "../container/spec.ts";
import type { MountPoint } from "../container/state.ts";
import { volumeData } from "../container/volumes.ts";
import type { Runtime } from "./runtime.ts";
import { randomVolumeName } from "./volume-name.ts";

export interface Mounted {
  readonly mount: MountSpec;
  readonly point: MountPoint;
}

export const PROPAGATIONS = ["private", "rprivate", "shared", "rshared", "slave", "rslave"];

const mountOf = (type: string, source: string, destination: string, options: readonly string[]): MountSpec => ({
  type,
  source,
  destination,
  options,
  uidMappings: [],
  gidMappings: [],
});

export function bind(
  source: string,
  destination: string,
  readonly: boolean,
  propagation: string,
  mode: string,
): Mounted {
  // docker's: read-only with all that is mounted below it
  const options = ["rbind", propagation, ...(readonly ? ["rro"] : [])];
  return {
    mount: mountOf("bind", source, destination, options),
    point: { type: "bind", source, destination, mode, readonly, propagation },
  };
}

export interface VolumeChoice {
  /** null: an anonymous one. */
  readonly name: string | null;
  readonly destination: string;
  readonly readonly: boolean;
  readonly mode: string;
  readonly copies: boolean;
}

export function volume({ paths }: Runtime, { name, destination, readonly, mode, copies }: VolumeChoice): Mounted {
  const own = name ?? randomVolumeName();
  const source = volumeData(paths, own);
  return {
    mount: mountOf("bind", source, destination, ["rbind", "rprivate", ...(readonly ? ["rro"] : [])]),
    point: {
      type: "volume",
      name: own,
      source,
      destination,
      mode,
      readonly,
      ...(name === null ? { anonymous: true } : {}),
      ...(copies ? {} : { copies: false }),
    },
  };
}

const TMPFS_WORDS =
  /^(?:ro|rw|exec|noexec|suid|nosuid|dev|nodev|noatime|relatime|sync|(?:size|mode|uid|gid|nr_inodes|nr_blocks)=.+)$/;

export function tmpfs(destination: string, words: readonly string[]): Mounted {
  for (const word of words) if (!TMPFS_WORDS.test(word)) throw new Error(`invalid tmpfs option ["${word}"]`);
  const options = ["noexec", "nosuid", "nodev", ...words];
  const readonly = words.includes("ro");
  return {
    mount: mountOf("tmpfs", "tmpfs", destination, options),
    point: { type: "tmpfs", source: "", destination, mode: words.join(","), readonly },
  };
}
