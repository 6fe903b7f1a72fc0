/**
 * A bounded reader over the guest's RAM, between two slices of emulation.
 *
 * Places are byte offsets into RAM, not kernel addresses: on i386 without high memory all RAM is mapped 1:1 at
 * PAGE_OFFSET (arch/x86/include/asm/page_32_types.h), so `pointer` turns an address into an offset once, checks it, and
 * everything after is small integers. 0 stands for null and for every pointer that is not credible: outside RAM or, for
 * structures, not word aligned. A read outside RAM gives 0. Nothing here throws on what the guest holds.
 *
 * What has been read can be remembered, since it follows from the words that it was read from: between `record` and
 * `recorded` each word read is noted, and while `holds` finds them unchanged, reading again would find the same.
 */
const PAGE_OFFSET = 0xc0000000;
/** -PAGE_OFFSET as a signed word: adding it to an address gives the offset, negative for user space. */
const TO_OFFSET = 0x40000000;
const TWO_TO_32 = 0x100000000;
/** Words of one recording; more are not worth remembering. */
const MAX_RECORDED = 65_536;

/** Pairs of a word's index and its value. */
export type Words = Int32Array;
/** Of what is not remembered. */
export const NO_WORDS: Words = new Int32Array(0);

export class GuestMemory {
  private bytes: Uint8Array = new Uint8Array(0);
  private words: Int32Array = new Int32Array(0);
  private sizeBytes = 0;
  private readonly decoder = new TextDecoder();
  private recording = false;
  private readonly noted = new Int32Array(MAX_RECORDED);
  private count = 0;

  /** Takes the machine's current view; cheap when it is the same memory as before. */
  attach(ram: Uint8Array): void {
    this.recording = false;
    if (ram.buffer === this.bytes.buffer && ram.byteOffset === this.bytes.byteOffset && ram.length === this.sizeBytes)
      return;
    if (ram.byteOffset % 4 !== 0) throw new RangeError(`guest RAM at ${ram.byteOffset}: not word aligned`);
    this.bytes = ram;
    this.sizeBytes = ram.length;
    this.words = new Int32Array(ram.buffer, ram.byteOffset, ram.length >> 2);
  }

  /** From here on each word read is noted. */
  record(): void {
    this.recording = true;
    this.count = 0;
  }

  /** Ends the recording: the words read since `record`, in the array `former` where that has their number. */
  recorded(former: Words): Words {
    const { noted, words, count } = this;
    this.recording = false;
    if (count > MAX_RECORDED) return NO_WORDS;
    const pairs = former.length === 2 * count ? former : new Int32Array(2 * count);
    for (let index = 0; index < count; index++) {
      const word = noted[index] ?? 0;
      pairs[2 * index] = word;
      pairs[2 * index + 1] = words[word] ?? 0;
    }
    return pairs;
  }

  /** Whether what was read from these words would be read again; false for NO_WORDS. */
  holds(pairs: Words): boolean {
    const { words } = this;
    for (let index = 0; index < pairs.length; index += 2)
      if ((words[pairs[index] ?? 0] ?? 0) !== pairs[index + 1]) return false;
    return pairs.length > 0;
  }

  private note(index: number): void {
    if (this.count < MAX_RECORDED) this.noted[this.count] = index;
    this.count++;
  }

  /** The offset of a kernel symbol. */
  offsetOf(address: number): number {
    return address - PAGE_OFFSET;
  }

  /** The kernel's address of an offset, as a signed word. */
  addressOf(at: number): number {
    return (at + PAGE_OFFSET) | 0;
  }

  /** Follows the pointer to a structure at `at`; 0 where there is none that could be one. */
  pointer(at: number): number {
    if (this.recording) this.note(at >> 2);
    const target = ((this.words[at >> 2] ?? 0) + TO_OFFSET) | 0;
    return target > 0 && target < this.sizeBytes && (target & 3) === 0 ? target : 0;
  }

  /** Follows a pointer to bytes. */
  bytePointer(at: number): number {
    if (this.recording) this.note(at >> 2);
    const target = ((this.words[at >> 2] ?? 0) + TO_OFFSET) | 0;
    return target > 0 && target < this.sizeBytes ? target : 0;
  }

  /** Follows a pointer that carries a tag in its low bits (xarray entries, list nulls). */
  untaggedPointer(at: number, tag: number): number {
    if (this.recording) this.note(at >> 2);
    const target = ((this.words[at >> 2] ?? 0) - tag + TO_OFFSET) | 0;
    return target > 0 && target < this.sizeBytes && (target & 3) === 0 ? target : 0;
  }

  i32(at: number): number {
    if (this.recording) this.note(at >> 2);
    return this.words[at >> 2] ?? 0;
  }

  u32(at: number): number {
    if (this.recording) this.note(at >> 2);
    return (this.words[at >> 2] ?? 0) >>> 0;
  }

  u16(at: number): number {
    if (this.recording) this.note(at >> 2);
    return ((this.words[at >> 2] ?? 0) >>> ((at & 2) << 3)) & 0xffff;
  }

  u8(at: number): number {
    if (this.recording) this.note(at >> 2);
    return ((this.words[at >> 2] ?? 0) >>> ((at & 3) << 3)) & 0xff;
  }

  /** Exact up to 2^53, which is 104 days in ns; above it the nearest number. */
  u64(at: number): number {
    const index = at >> 2;
    if (this.recording) {
      this.note(index);
      this.note(index + 1);
    }
    return ((this.words[index + 1] ?? 0) >>> 0) * TWO_TO_32 + ((this.words[index] ?? 0) >>> 0);
  }

  /** A string of at most `maxBytes`, up to its NUL, as UTF-8; bytes that are none become U+FFFD. */
  text(at: number, maxBytes: number): string {
    const { bytes } = this;
    const limit = Math.min(maxBytes, this.sizeBytes - at);
    let length = 0;
    let plain = true;
    for (; length < limit; length++) {
      const byte = bytes[at + length] ?? 0;
      if (byte === 0) break;
      if (byte >= 0x80) plain = false;
    }
    if (this.recording) for (let index = at >> 2; index <= (at + length) >> 2; index++) this.note(index);
    return plain ? this.ascii(at, length) : this.decode(at, length);
  }

  private ascii(at: number, length: number): string {
    const { bytes } = this;
    let text = "";
    for (let index = at; index < at + length; index++) text += String.fromCharCode(bytes[index] ?? 0);
    return text;
  }

  private decode(at: number, length: number): string {
    // slice, not subarray: a TextDecoder refuses views on some shared or growing memories.
    return this.decoder.decode(this.bytes.slice(at, at + length));
  }
}

/** Walks a struct hlist_head, whose nodes end with 0; false where it is broken or longer than `limit`. */
export function walkHlist(memory: GuestMemory, head: number, limit: number, visit: (node: number) => boolean): boolean {
  let count = 0;
  for (let at = head; memory.i32(at) !== 0; ) {
    const node = memory.pointer(at);
    if (node === 0 || ++count > limit || !visit(node)) return false;
    at = node;
  }
  return true;
}

/**
 * Walks a struct list_head from `head`: `visit` gets the offset of each entry's list node and says whether that can be
 * on this list. Returns false where the list is broken: an entry that cannot, a pointer that is none, more than `limit`
 * entries, or a ring that does not lead back to the head (found by Brent's algorithm, within three times its length).
 */
export function walkList(memory: GuestMemory, head: number, limit: number, visit: (node: number) => boolean): boolean {
  let anchor = head;
  let untilNextAnchor = 1;
  let count = 0;
  for (let node = memory.pointer(head); node !== head; node = memory.pointer(node)) {
    if (node === 0 || node === anchor || ++count > limit || !visit(node)) return false;
    if (--untilNextAnchor === 0) {
      anchor = node;
      untilNextAnchor = count + 1;
    }
  }
  return true;
}
