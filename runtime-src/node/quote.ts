/** A string as util.inspect writes it: in the quotes that need no escape, control characters as \\n or \\x01. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  "\\": "\\\\",
};

export function quote(text: string): string {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : text.includes("`") ? "'" : "`";
  let out = mark;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string;
    const code = text.charCodeAt(index);
    if (character === mark) out += `\\${mark}`;
    else if (ESCAPES[character]) out += ESCAPES[character];
    else if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
      out += `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
    else out += character;
  }
  return out + mark;
}
