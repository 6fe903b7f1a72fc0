/**
 * The words of a mount's `options` (runtime-spec config.md, "Linux mount options"; mount(8)) as flags of mount(2),
 * attributes of mount_setattr(2), and what is left as the file system's own data. Later words win.
 */
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NOSYMFOLLOW,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_STRICTATIME,
  MS_BIND,
  MS_DIRSYNC,
  MS_I_VERSION,
  MS_LAZYTIME,
  MS_MANDLOCK,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_POSIXACL,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_SHARED,
  MS_SILENT,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_SYNCHRONOUS,
  MS_UNBINDABLE,
} from "../linux/constants.ts";

const SET: Readonly<Record<string, number>> = {
  acl: MS_POSIXACL,
  bind: MS_BIND,
  defaults: 0,
  dirsync: MS_DIRSYNC,
  iversion: MS_I_VERSION,
  lazytime: MS_LAZYTIME,
  mand: MS_MANDLOCK,
  noatime: MS_NOATIME,
  nodev: MS_NODEV,
  nodiratime: MS_NODIRATIME,
  noexec: MS_NOEXEC,
  nosuid: MS_NOSUID,
  nosymfollow: MS_NOSYMFOLLOW,
  rbind: MS_BIND | MS_REC,
  relatime: MS_RELATIME,
  ro: MS_RDONLY,
  silent: MS_SILENT,
  strictatime: MS_STRICTATIME,
  sync: MS_SYNCHRONOUS,
};

const CLEAR: Readonly<Record<string, number>> = {
  async: MS_SYNCHRONOUS,
  atime: MS_NOATIME,
  dev: MS_NODEV,
  diratime: MS_NODIRATIME,
  exec: MS_NOEXEC,
  loud: MS_SILENT,
  noacl: MS_POSIXACL,
  noiversion: MS_I_VERSION,
  nolazytime: MS_LAZYTIME,
  nomand: MS_MANDLOCK,
  norelatime: MS_RELATIME,
  nostrictatime: MS_STRICTATIME,
  rw: MS_RDONLY,
  suid: MS_NOSUID,
  symfollow: MS_NOSYMFOLLOW,
};

const PROPAGATION: Readonly<Record<string, number>> = {
  private: MS_PRIVATE,
  rprivate: MS_PRIVATE | MS_REC,
  rshared: MS_SHARED | MS_REC,
  rslave: MS_SLAVE | MS_REC,
  runbindable: MS_UNBINDABLE | MS_REC,
  shared: MS_SHARED,
  slave: MS_SLAVE,
  unbindable: MS_UNBINDABLE,
};

/** Attributes for the whole tree: [set, clear]. */
const RECURSIVE: Readonly<Record<string, readonly [set: number, clear: number]>> = {
  ratime: [0, MOUNT_ATTR_NOATIME],
  rdev: [0, MOUNT_ATTR_NODEV],
  rdiratime: [0, MOUNT_ATTR_NODIRATIME],
  rexec: [0, MOUNT_ATTR_NOEXEC],
  rnoatime: [MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME],
  rnodev: [MOUNT_ATTR_NODEV, 0],
  rnodiratime: [MOUNT_ATTR_NODIRATIME, 0],
  rnoexec: [MOUNT_ATTR_NOEXEC, 0],
  rnorelatime: [MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME],
  rnostrictatime: [0, MOUNT_ATTR__ATIME],
  rnosuid: [MOUNT_ATTR_NOSUID, 0],
  rnosymfollow: [MOUNT_ATTR_NOSYMFOLLOW, 0],
  rrelatime: [0, MOUNT_ATTR__ATIME],
  rro: [MOUNT_ATTR_RDONLY, 0],
  rrw: [0, MOUNT_ATTR_RDONLY],
  rstrictatime: [MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME],
  rsuid: [0, MOUNT_ATTR_NOSUID],
  rsymfollow: [0, MOUNT_ATTR_NOSYMFOLLOW],
};

export interface MountOptions {
  /** MS_* that are set, MS_BIND and MS_REC with them. */
  readonly flags: number;
  /** MS_* that were taken back in words ("rw", "exec"): a bind mount loses them. */
  readonly clear: number;
  readonly propagation: readonly number[];
  readonly recursiveSet: number;
  readonly recursiveClear: number;
  readonly copyUp: boolean;
  readonly idmap: "none" | "idmap" | "ridmap";
  readonly data: string | null;
}

export function parseMountOptions(words: readonly string[]): MountOptions {
  let flags = 0;
  let clear = 0;
  let recursiveSet = 0;
  let recursiveClear = 0;
  let copyUp = false;
  let idmap: MountOptions["idmap"] = "none";
  const propagation: number[] = [];
  const data: string[] = [];
  for (const word of words) {
    const [set, taken, spread, recursive] = [SET[word], CLEAR[word], PROPAGATION[word], RECURSIVE[word]];
    if (set !== undefined) {
      flags |= set;
      clear &= ~set;
    } else if (taken !== undefined) {
      flags &= ~taken;
      clear |= taken;
    } else if (spread !== undefined) propagation.push(spread);
    else if (recursive) {
      recursiveSet = (recursiveSet & ~recursive[1]) | recursive[0];
      recursiveClear = (recursiveClear & ~recursive[0]) | recursive[1];
    } else if (word === "tmpcopyup") copyUp = true;
    else if (word === "idmap" || word === "ridmap") idmap = word;
    else data.push(word);
  }
  return {
    flags,
    clear,
    propagation,
    recursiveSet,
    recursiveClear,
    copyUp,
    idmap,
    data: data.length > 0 ? data.join(",") : null,
  };
}

const ATTRIBUTES: readonly (readonly [ms: number, attribute: number])[] = [
  [MS_RDONLY, MOUNT_ATTR_RDONLY],
  [MS_NOSUID, MOUNT_ATTR_NOSUID],
  [MS_NODEV, MOUNT_ATTR_NODEV],
  [MS_NOEXEC, MOUNT_ATTR_NOEXEC],
  [MS_NODIRATIME, MOUNT_ATTR_NODIRATIME],
  [MS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW],
];

/** MS_* of one mount as attributes of mount_setattr(2); the three ways of atime are one field, cleared to be set. */
export function mountAttributes({ flags, clear }: Pick<MountOptions, "flags" | "clear">): {
  readonly set: number;
  readonly clear: number;
} {
  let set = 0;
  let taken = 0;
  for (const [ms, attribute] of ATTRIBUTES) {
    if (flags & ms) set |= attribute;
    if (clear & ms) taken |= attribute;
  }
  const atimes = MS_NOATIME | MS_RELATIME | MS_STRICTATIME;
  if ((flags | clear) & atimes) taken |= MOUNT_ATTR__ATIME;
  if (flags & MS_NOATIME) set |= MOUNT_ATTR_NOATIME;
  else if (flags & MS_STRICTATIME) set |= MOUNT_ATTR_STRICTATIME;
  return { set, clear: taken };
}

/** Every word that parseMountOptions knows (features.md, "mountOptions"). */
export const knownMountOptions = (): string[] =>
  [...new Set([SET, CLEAR, PROPAGATION, RECURSIVE].flatMap((table) => Object.keys(table)))]
    .concat("idmap", "ridmap", "tmpcopyup")
    .sort();
