/**
 * What a container's web server sent, as a document that can do nothing: no script (the frame's sandbox), no request to
 * anywhere, this site included (a policy of its own that comes before the first byte of the guest's), no form, no way to
 * another page. Only its own inline style and images that it carries in itself remain.
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/** The order matters: a policy holds for what comes after it. */
export const sandboxDocument = (html: string): string =>
  `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">${html}`;

export type Shown =
  | { readonly kind: "page"; readonly document: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bytes"; readonly size: number };

const MAX_TEXT = 100_000;

const charsetOf = (type: string): string => /charset=["']?([\w-]+)/i.exec(type)?.[1] ?? "utf-8";

function decode(body: Uint8Array, type: string): string {
  try {
    return new TextDecoder(charsetOf(type)).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

/** What the answer's type says it is; without one, what its bytes look like. */
export function shownAs(body: Uint8Array, headers: readonly (readonly [name: string, value: string])[]): Shown {
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const media = type.split(";")[0]?.trim().toLowerCase() ?? "";
  if (media === "text/html" || media === "application/xhtml+xml") {
    return { kind: "page", document: sandboxDocument(decode(body, type)) };
  }
  const isText =
    /^text\/|[/+](json|xml|javascript)$/.test(media) || (media === "" && !body.subarray(0, 1000).includes(0));
  return isText ? { kind: "text", text: decode(body, type).slice(0, MAX_TEXT) } : { kind: "bytes", size: body.length };
}
