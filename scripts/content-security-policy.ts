/**
 * The page's Content-Security-Policy. A static export carries inline scripts (React's flight data), whose hashes the
 * build takes from each HTML file; v86 needs WebAssembly compilation and starts its timer in a blob worker; xterm and
 * React write style attributes. Everything else comes from the page's own origin.
 */
import { createHash } from "node:crypto";

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/** CSP sources of the inline scripts of an HTML text, in order, each once. */
export function inlineScriptHashes(html: string): string[] {
  const hashes = [...html.matchAll(INLINE_SCRIPT)].map(
    ([, script]) =>
      `'sha256-${createHash("sha256")
        .update(script ?? "")
        .digest("base64")}'`,
  );
  return [...new Set(hashes)];
}

export function contentSecurityPolicy(scriptHashes: readonly string[]): string {
  return [
    "default-src 'none'",
    ["script-src 'self' 'wasm-unsafe-eval'", ...scriptHashes].join(" "),
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "frame-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** Who may frame a path: embeds are there for everyone, the rest for this site. Works in a header only. */
export function frameAncestors(urlPath: string): string {
  return /^\/[a-z]{2}\/embed\//.test(urlPath) ? "frame-ancestors *" : "frame-ancestors 'self'";
}

/** Puts the policy into the document itself, so that it holds on any static host. First in <head>, before scripts. */
export function withPolicy(html: string): string {
  const policy = contentSecurityPolicy(inlineScriptHashes(html));
  return html.replace(/<head([^>]*)>/, `<head$1><meta http-equiv="Content-Security-Policy" content="${policy}"/>`);
}
