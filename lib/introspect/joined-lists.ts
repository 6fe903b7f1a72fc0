/** Lists put one after the other; the joined list of before where all its parts are the same as then. */
export class JoinedLists<T> {
  private parts: readonly (readonly T[])[] = [];
  private joined: readonly T[] = [];

  of(parts: readonly (readonly T[])[]): readonly T[] {
    const same = parts.length === this.parts.length && parts.every((part, index) => part === this.parts[index]);
    if (!same) this.joined = parts.flat();
    this.parts = parts;
    return this.joined;
  }
}
