/**
 * Where `box oci` and crun 1.8.1 differ, and what decides for us: a clause of the runtime-spec, or a man page that it points
 * to. A fact that matches is replaced by `as` on both sides, so that the rest of it is still compared; without `as` it is
 * not compared in the bundles named.
 */
import type { Seen } from "./oci-facts.ts";

export interface Difference {
  /** Names of bundles; absent: all. */
  readonly bundles?: RegExp;
  readonly fact: RegExp;
  readonly as?: string;
  readonly because: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    fact: /^(mount \/sys\/fs\/cgroup .* cgroup2) \S+ /,
    as: "$1 SOURCE ",
    because: 'config.md, "Mounts": the mount has the `source` that the config gives it; crun calls it cgroup2',
  },
  {
    fact: /^(mount \/sys(?:\/fs\/cgroup)? \/ ro,.*) r[ow](,.*)?$/,
    as: "$1 MODE$2",
    because: 'mount(8): "ro" makes file system and mount read-only; crun makes only the mount so',
  },
  {
    bundles: /^tmpfs read-only$/,
    fact: /^(mount \/given .*) r[ow],/,
    as: "$1 MODE,",
    because: 'mount(8): "ro" makes file system and mount read-only; crun makes only the mount so',
  },
  {
    bundles: /^tmpfs, later words win$/,
    fact: /^mount \/given /,
    because: 'mount(8): "rw" and "exec" take back what was said before; crun collects what takes away',
  },
  {
    bundles: /user|^ids mapped/,
    fact: /^(dev \/dev\/null 20666) \S+/,
    as: "$1 OWNER",
    because:
      'config-linux.md, "Default Devices": one /dev/null for all; crun gives it to the user when it is a standard stream',
  },
  {
    bundles: /^masked paths$/,
    fact: /^(path \/proc\/timer_list 20666) \S+/,
    as: "$1 OWNER",
    because:
      'config-linux.md, "Masked Paths": it cannot be read; crun binds the host\'s /dev/null, whose owner it changed before',
  },
  {
    bundles: /^masked paths$/,
    fact: /^mount (\/masked|\/proc\/timer_list|\/sys\/firmware) /,
    because:
      'config-linux.md, "Masked Paths": the paths cannot be read; by which mount is the runtime\'s own (each is probed)',
  },
  {
    bundles: /^a root that is slave$/,
    fact: /^mount \/ /,
    because: 'config-linux.md, "Rootfs Mount Propagation": "slave" is a slave of the host\'s mount; crun cuts it off',
  },
  {
    bundles: /^(shared|a slave|unbindable)$/,
    fact: /^mount \/given/,
    because:
      'config.md, "Linux mount options": (r)shared, (r)slave and unbindable set the propagation; crun\'s root makes it private',
  },
  {
    bundles: /^a folder of a guarded mount$/,
    fact: /^mount \/given /,
    because:
      'mount(8), "Bind mount operation": flags of the original mount remain; crun drops nosuid, nodev and noexec',
  },
  {
    bundles: /^a writable (\/sys|cgroup)$/,
    fact: /^(mount \/sys(?:\/fs\/cgroup)? \/) rw,\S+/,
    as: "$1 OPTIONS",
    because: 'config.md, "Mounts": a mount has the `options` that the config gives it; crun adds some of its own',
  },
  {
    bundles: /^processor time saved up$/,
    fact: /^cpu\.max\.burst /,
    because: 'config-linux.md, "CPU": `burst` is cpu.max.burst; crun 1.8.1 does not know it',
  },
];

/** Bundles that crun cannot run at all, and what the spec says of them: only our own result is looked at. */
export const CRUN_FAILS: Readonly<Record<string, string>> = {
  "a time namespace": 'config-linux.md, "Namespaces": `time`',
  "shifted clocks": 'config-linux.md, "Offset for Time Namespace"',
};

export function explained(bundle: string, seen: Seen): Seen {
  const known = DIFFERENCES.filter(({ bundles }) => bundles?.test(bundle) ?? true);
  const facts = seen.facts.flatMap((line) => {
    let words = line;
    for (const { fact, as } of known) {
      if (!fact.test(words)) continue;
      if (as === undefined) return [];
      words = words.replace(fact, as);
    }
    return [words];
  });
  return { ...seen, facts };
}
