/**
 * Names and paths of dentries (include/linux/dcache.h). A dentry's name is decoded once as long as its words stay
 * the same. `pathWithin` goes up to the root of the file system, or to `root`, as dentry_path and prepend_path do.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** More than PATH_MAX allows to be of any use. */
const MAX_DEPTH = 256;
const MAX_NAME_BYTES = 255;
const MAX_KNOWN = 16_384;

interface Name {
  /** Where the text lies, and the words that hold it. */
  readonly at: number;
  readonly length: number;
  readonly words: Int32Array;
  readonly text: string;
}

export class DentryReader {
  private readonly fields;
  private readonly names = new Map<number, Name>();

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      parent: "dentry.d_parent",
      name: "dentry.d_name.name",
      length: "dentry.d_name.len",
    });
  }

  parent(memory: GuestMemory, dentry: number): number {
    return memory.pointer(dentry + this.fields.parent);
  }

  name(memory: GuestMemory, dentry: number): string {
    const { fields, names } = this;
    const length = Math.min(memory.u32(dentry + fields.length), MAX_NAME_BYTES);
    const at = memory.bytePointer(dentry + fields.name);
    const known = names.get(dentry);
    if (known?.at === at && known.length === length && holdsWords(memory, at, known.words)) return known.text;
    const words = Int32Array.from({ length: wordsOf(at, length) }, (_, index) => memory.i32((at & ~3) + 4 * index));
    const text = at === 0 ? "" : memory.text(at, length);
    if (names.size >= MAX_KNOWN) names.clear();
    names.set(dentry, { at, length, words, text });
    return text;
  }

  /** With a leading slash, "/" for `root` itself; null where the way up is broken. */
  pathWithin(memory: GuestMemory, dentry: number, root: number): string | null {
    let path = "";
    let at = dentry;
    for (let depth = 0; at !== root; depth++) {
      const parent = this.parent(memory, at);
      if (parent === at) break;
      if (at === 0 || parent === 0 || depth > MAX_DEPTH) return null;
      path = `/${this.name(memory, at)}${path}`;
      at = parent;
    }
    return path || "/";
  }
}

/** Words that bytes from `at` on lie in. */
const wordsOf = (at: number, bytes: number): number => ((at & 3) + bytes + 3) >> 2;

function holdsWords(memory: GuestMemory, at: number, words: Int32Array): boolean {
  for (let index = 0; index < words.length; index++)
    if (memory.i32((at & ~3) + 4 * index) !== words[index]) return false;
  return true;
}
