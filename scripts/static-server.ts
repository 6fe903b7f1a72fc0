/**
 * A small static file server for out/: precompressed copies, validators, immutable caching for paths that carry a
 * hash, the page's policies as headers. GET and HEAD only; nothing outside the root is reachable, links included.
 */
import { createReadStream, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import path from "node:path";
import { contentSecurityPolicy, frameAncestors, inlineScriptHashes } from "./content-security-policy.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".webm": "video/webm",
  ".webmanifest": "application/manifest+json",
};
const IMMUTABLE = /^\/(_next\/static|machine\/[0-9a-f]{12}|guest\/[0-9a-f]{16})\//;
const YEAR_SECONDS = 31_536_000;

interface Found {
  readonly file: string;
  readonly stats: Stats;
  readonly status: 200 | 404;
}

export function createStaticServer(rootDir: string): Server {
  const root = realpathSync(rootDir);
  return createServer((request, response) => {
    try {
      respond(root, request, response);
    } catch (error) {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end("internal error\n");
      process.stderr.write(`${request.url}: ${String(error)}\n`);
    }
  });
}

function respond(root: string, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const urlPath = pathOf(request.url ?? "/");
  if (urlPath === null) {
    response.writeHead(400, { "content-type": "text/plain" }).end("bad path\n");
    return;
  }
  const found = find(root, urlPath, acceptedEncodings(request));
  if (found === "directory") {
    response.writeHead(308, { location: `${encodeURI(urlPath)}/` }).end();
    return;
  }
  if (!found) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    return;
  }
  sendFile(found, urlPath, request, response);
}

/** The decoded path of a request, or null where it is no path of ours. */
export function pathOf(url: string): string | null {
  try {
    const decoded = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? "/");
    const segments = decoded.split("/");
    const hostile = !decoded.startsWith("/") || decoded.startsWith("//") || /[\0\\]/.test(decoded);
    return hostile || segments.includes("..") || segments.includes(".") ? null : decoded;
  } catch {
    return null;
  }
}

function find(root: string, urlPath: string, accepted: ReadonlySet<string>): Found | "directory" | null {
  const asked = resolveInside(root, urlPath.endsWith("/") ? `${urlPath}index.html` : urlPath);
  if (asked?.stats.isFile()) return { ...asked, status: 200 };
  if (asked?.stats.isDirectory()) return "directory";
  // What is there only as a precompressed copy does not exist for who does not take it.
  const packed = accepted.has("br") ? resolveInside(root, `${urlPath}.br`) : null;
  if (packed?.stats.isFile()) return { file: packed.file.replace(/\.br$/, ""), stats: packed.stats, status: 200 };
  const missing = resolveInside(root, "/404.html");
  return missing?.stats.isFile() ? { ...missing, status: 404 } : null;
}

function resolveInside(root: string, urlPath: string): { file: string; stats: Stats } | null {
  if (path.basename(urlPath).startsWith(".")) return null;
  try {
    const file = realpathSync(path.join(root, urlPath));
    return file.startsWith(root + path.sep) ? { file, stats: statSync(file) } : null;
  } catch {
    return null;
  }
}

function sendFile(found: Found, urlPath: string, request: IncomingMessage, response: ServerResponse): void {
  const encoded = encodedCopy(found.file, acceptedEncodings(request));
  const body = encoded ?? { file: found.file, stats: found.stats, encoding: null };
  const etag = `"${body.stats.size.toString(36)}-${Math.floor(body.stats.mtimeMs).toString(36)}${body.encoding ?? ""}"`;
  const headers: Record<string, string | number> = {
    ...policiesFor(found.file, urlPath),
    "content-type": TYPES[path.extname(found.file)] ?? "application/octet-stream",
    "content-length": body.stats.size,
    "cache-control": IMMUTABLE.test(urlPath) ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache",
    etag,
    vary: "accept-encoding",
    ...(body.encoding ? { "content-encoding": body.encoding } : {}),
  };
  if (found.status === 200 && request.headers["if-none-match"] === etag) {
    delete headers["content-length"];
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(found.status, headers);
  if (request.method === "HEAD") response.end();
  else
    createReadStream(body.file)
      .on("error", () => response.destroy())
      .pipe(response);
}

function acceptedEncodings(request: IncomingMessage): ReadonlySet<string> {
  const tokens = String(request.headers["accept-encoding"] ?? "").split(",");
  return new Set(tokens.map((token) => token.trim().split(";")[0] ?? ""));
}

function encodedCopy(file: string, accepted: ReadonlySet<string>) {
  for (const [encoding, suffix] of [
    ["br", ".br"],
    ["gzip", ".gz"],
  ] as const) {
    if (!accepted.has(encoding)) continue;
    const stats = statSync(file + suffix, { throwIfNoEntry: false });
    if (stats?.isFile()) return { file: file + suffix, stats, encoding };
  }
  return null;
}

const policies = new Map<string, string>();

function policiesFor(file: string, urlPath: string): Record<string, string> {
  const common = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
  };
  // A worker runs under its own response's policy, a document under that of its own inline scripts.
  if (/\.m?js$/.test(file)) return { ...common, "content-security-policy": contentSecurityPolicy([]) };
  if (!file.endsWith(".html")) return common;
  let policy = policies.get(file);
  if (policy === undefined) {
    policy = contentSecurityPolicy(inlineScriptHashes(readFileSync(file, "utf8")));
    policies.set(file, policy);
  }
  return { ...common, "content-security-policy": `${policy}; ${frameAncestors(urlPath)}` };
}
