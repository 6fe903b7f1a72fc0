/**
 * Names and paths of dentries (include/linux/dcache.h). A dentry's name is read once as long as its hash, length and parent
 * stay the same. `pathWithin` goes up to the root of the file system, or to `root`, as dentry_path and prepend_path do.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** More than PATH_MAX allows to be of any use. */
const MAX_DEPTH = 256;
const MAX_NAME_BYTES = 255;
const MAX_KNOWN = 16_384;

interface Name {
  readonly parent: number;
  readonly hash: number;
  readonly length: number;
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
    const parent = memory.i32(dentry + fields.parent);
    const length = memory.u32(dentry + fields.length);
    // struct qstr: the hash stands before the length.
    const hash = memory.i32(dentry + fields.length - 4);
    const known = names.get(dentry);
    if (known?.parent === parent && known.hash === hash && known.length === length) return known.text;
    const at = memory.bytePointer(dentry + fields.name);
    const text = at === 0 ? "" : memory.text(at, Math.min(length, MAX_NAME_BYTES));
    if (names.size >= MAX_KNOWN) names.clear();
    names.set(dentry, { parent, hash, length, text });
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
