/**
 * Who a task is: user and group ids and the five capability sets of its struct cred (include/linux/cred.h). A child has a copy of
 * its parent's, so the words are compared with those of a few records made before; a new one is made only where they differ.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

export type Credentials = Pick<
  Task,
  | ("uid" | "euid" | "suid" | "fsuid" | "gid" | "egid" | "sgid" | "fsgid" | "groups")
  | ("capInh" | "capPrm" | "capEff" | "capBnd" | "capAmb")
>;

const MAX_GROUPS = 32;
/** Records kept for whoever comes next: root inside and outside of containers, and some users. */
const MAX_KNOWN = 16;
const IDS = ["uid", "gid", "suid", "sgid", "euid", "egid", "fsuid", "fsgid"] as const;
const SETS = {
  capInh: "inheritable",
  capPrm: "permitted",
  capEff: "effective",
  capBnd: "bset",
  capAmb: "ambient",
} as const;

export interface CredentialsEntry {
  words: Int32Array;
  credentials: Credentials;
}

export class CredentialsReader {
  /** The ids, then each set's two words; in `scratch` the number of groups and they follow. */
  private readonly places: readonly number[];
  private readonly fields;
  private readonly scratch: Int32Array;
  private readonly known: CredentialsEntry[] = [];

  constructor(layout: KernelLayout) {
    const at = (field: string): number => fieldsOf(layout, { at: `cred.${field}` }).at;
    const sets = Object.values(SETS).map((set) => at(`cap_${set}`));
    this.places = [...IDS.map(at), ...sets.flatMap((set) => [set, set + 4])];
    this.fields = fieldsOf(layout, { info: "cred.group_info", count: "group_info.ngroups", first: "group_info.gid" });
    this.scratch = new Int32Array(this.places.length + 1 + MAX_GROUPS);
  }

  /** `former` itself where nothing has changed. */
  read(memory: GuestMemory, cred: number, former: CredentialsEntry | null): CredentialsEntry {
    const { places, scratch } = this;
    for (let index = 0; index < places.length; index++) scratch[index] = memory.i32(cred + (places[index] ?? 0));
    const groups = memory.pointer(cred + this.fields.info);
    const count = groups === 0 ? 0 : Math.min(MAX_GROUPS, memory.u32(groups + this.fields.count));
    scratch.fill(0, places.length);
    scratch[places.length] = count;
    for (let index = 0; index < count; index++)
      scratch[places.length + 1 + index] = memory.i32(groups + this.fields.first + 4 * index);
    if (former && sameWords(former.words, scratch)) return former;
    for (const entry of this.known) if (sameWords(entry.words, scratch)) return entry;
    const entry = { words: scratch.slice(), credentials: this.record(count) };
    this.known.unshift(entry);
    this.known.length = Math.min(this.known.length, MAX_KNOWN);
    return entry;
  }

  private record(count: number): Credentials {
    const { scratch, places } = this;
    const id = (index: number): number => (scratch[index] ?? 0) >>> 0;
    const hex = (index: number): string => ((scratch[index] ?? 0) >>> 0).toString(16).padStart(8, "0");
    const set = (index: number): string => hex(IDS.length + 2 * index + 1) + hex(IDS.length + 2 * index);
    return {
      uid: id(0),
      gid: id(1),
      suid: id(2),
      sgid: id(3),
      euid: id(4),
      egid: id(5),
      fsuid: id(6),
      fsgid: id(7),
      groups: Array.from({ length: count }, (_, index) => id(places.length + 1 + index)),
      capInh: set(0),
      capPrm: set(1),
      capEff: set(2),
      capBnd: set(3),
      capAmb: set(4),
    };
  }
}

function sameWords(a: Int32Array, b: Int32Array): boolean {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
