/**
 * Paths of processes, remembered with the words that they were put together from: of mounts and of dentries, names included. Most
 * processes share their program and folders, so in one snapshot each path is looked at once.
 */
import { type GuestMemory, NO_WORDS, type Words } from "./guest-memory.ts";
import { type PathReader, pathKey } from "./paths.ts";

interface KnownPath {
  readonly path: string | null;
  readonly words: Words;
  seen: number;
}

const MAX_KNOWN = 8_192;

export class KnownPaths {
  private readonly paths: PathReader;
  private readonly known = new Map<number, KnownPath>();
  private sequence = 0;

  constructor(paths: PathReader) {
    this.paths = paths;
  }

  /** Once a snapshot. */
  begin(): void {
    this.sequence++;
    if (this.known.size < MAX_KNOWN) return;
    for (const [key, { seen }] of this.known) if (seen !== this.sequence - 1) this.known.delete(key);
  }

  /** As PathReader.path; not while `memory` records. */
  path(memory: GuestMemory, vfsmount: number, dentry: number): string | null {
    if (vfsmount === 0 || dentry === 0) return null;
    const key = pathKey(vfsmount, dentry);
    const former = this.known.get(key);
    if (former?.seen === this.sequence) return former.path;
    if (former && memory.holds(former.words)) {
      former.seen = this.sequence;
      return former.path;
    }
    // What it has put together before would be missing among the words.
    this.paths.begin();
    memory.record();
    const path = this.paths.path(memory, vfsmount, dentry);
    this.known.set(key, { path, words: memory.recorded(former?.words ?? NO_WORDS), seen: this.sequence });
    return path;
  }
}
