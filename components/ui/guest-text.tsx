/**
 * Text that the guest chose (process names, hostnames, cgroup names, log lines). It is only ever shown: control bytes
 * become visible signs, marks that reorder or hide are spelled out, the length is bounded and the direction isolated.
 */

const MAX_LENGTH = 96;

export function GuestText({ text, max = MAX_LENGTH }: { readonly text: string; readonly max?: number }) {
  return <bdi>{cleanGuestText(text, max)}</bdi>;
}

export function cleanGuestText(text: string, max: number = MAX_LENGTH): string {
  let clean = "";
  let count = 0;
  for (const char of text) {
    if (count++ >= max) return `${clean}…`;
    clean += visible(char);
  }
  return clean;
}

function visible(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  if (code < 0xa0 && code > 0x7f) return `\\x${code.toString(16)}`;
  if (isInvisible(code)) return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
  return char;
}

/** Bidirectional controls, zero-width characters, separators, tags and lone surrogates. */
function isInvisible(code: number): boolean {
  return (
    code === 0xad ||
    code === 0x61c ||
    code === 0x180e ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    code === 0xfeff ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0xe0000 && code <= 0xe0fff)
  );
}
