/** docker's detach sequence, ctrl-p ctrl-q by default, found in what is typed; the keys themselves are not passed on. */
export interface DetachFilter {
  /** What is to be passed on; null nothing. */
  readonly pass: (data: Uint8Array) => Uint8Array | null;
}

const CTRL_P = 16;
const CTRL_Q = 17;
export const DEFAULT_DETACH_KEYS: readonly number[] = [CTRL_P, CTRL_Q];

export function detachFilter(onDetach: () => void, keys: readonly number[] = DEFAULT_DETACH_KEYS): DetachFilter {
  let matched = 0;
  return {
    pass(data) {
      const out: number[] = [];
      for (const byte of data) {
        if (byte !== keys[matched]) {
          out.push(...keys.slice(0, matched));
          matched = byte === keys[0] ? 1 : 0;
          if (matched === 0) out.push(byte);
        } else if (++matched === keys.length) {
          matched = 0;
          onDetach();
          return null;
        }
      }
      return out.length > 0 ? Uint8Array.from(out) : null;
    },
  };
}

/** "ctrl-a,b" -> [1, 98]; throws on what is no key. */
export function parseDetachKeys(text: string): number[] {
  return text.split(",").map((key) => {
    const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key);
    if (control?.[1]) return control[1].toUpperCase().charCodeAt(0) & 31;
    if (/^[\x20-\x7e]$/.test(key)) return key.charCodeAt(0);
    throw new Error(`invalid detach keys (${text}): use a character or ctrl-<value>, separated by commas`);
  });
}
