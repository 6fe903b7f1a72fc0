/**
 * node:url, for file paths only: fileURLToPath, pathToFileURL and a URL class that knows absolute URLs with an authority
 * and `file:`. It is no WHATWG parser (API.md): nothing in the guest speaks HTTP through it.
 */
const PARTS = /^([a-zA-Z][a-zA-Z0-9+.-]*:)\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/;

export class URL {
  readonly protocol: string;
  readonly host: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;

  constructor(input: string | URL, base?: string | URL) {
    const text = String(input);
    const match = PARTS.exec(text) ?? PARTS.exec(base === undefined ? "" : joined(text, new URL(base)));
    if (!match) throw Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: text });
    this.protocol = (match[1] as string).toLowerCase();
    this.host = match[2] as string;
    this.pathname = encodeURI(withoutDots(match[3] || "/")).replaceAll("%25", "%");
    this.search = match[4] ?? "";
    this.hash = match[5] ?? "";
  }

  get href(): string {
    return `${this.protocol}//${this.host}${this.pathname}${this.search}${this.hash}`;
  }
  get origin(): string {
    return this.protocol === "file:" ? "null" : `${this.protocol}//${this.host}`;
  }
  get hostname(): string {
    return this.host.replace(/:\d+$/, "");
  }
  get port(): string {
    return /:(\d+)$/.exec(this.host)?.[1] ?? "";
  }
  toString(): string {
    return this.href;
  }
  toJSON(): string {
    return this.href;
  }
}

function joined(text: string, base: URL): string {
  const origin = `${base.protocol}//${base.host}`;
  if (text.startsWith("/")) return origin + text;
  return `${origin}${base.pathname.slice(0, base.pathname.lastIndexOf("/") + 1)}${text}`;
}

function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/").slice(1);
  segments.forEach((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
    if (last && (segment === "." || segment === "..")) kept.push("");
  });
  return `/${kept.join("/")}`;
}

export function fileURLToPath(url: string | URL): string {
  const parsed = typeof url === "string" ? new URL(url) : url;
  if (parsed.protocol !== "file:")
    throw Object.assign(new TypeError("The URL must be of scheme file"), { code: "ERR_INVALID_URL_SCHEME" });
  return decodeURIComponent(parsed.pathname);
}

export function pathToFileURL(path: string): URL {
  const escaped = encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  return new URL(`file://${escaped}`);
}

export default { URL, fileURLToPath, pathToFileURL };
