/**
 * One HTTP/1.1 request (RFC 9112) over a connection into the guest: bounded in size and time, ended by either side. The
 * answer is the guest's, so nothing of it is believed further than to find its parts.
 */
import { type HttpAnswer, type HttpFailure, type HttpRequest, MAX_HTTP_BYTES } from "../../protocol/http.ts";
import type { GuestLink } from "./guest-link.ts";

const MAX_HEAD_BYTES = 32_768;
const MAX_HEADERS = 200;

const failed = (reason: HttpFailure, detail: string): HttpAnswer => ({ ok: false, reason, detail });

/** One byte a character: headers may hold anything. */
const latin1 = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

function requestText({ method, path, port }: HttpRequest): string {
  const lines = [`${method} ${path} HTTP/1.1`, `Host: localhost:${port}`, "User-Agent: glassbox", "Accept: */*"];
  return `${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n`;
}

/** No line ends: they would be further headers. */
export const isPath = (path: string): boolean => /^\/[\x21-\x7e]*$/.test(path) && path.length <= 2048;

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Where the empty line ends; -1 while it has not come. */
function headEnd(bytes: Uint8Array): number {
  const text = latin1(bytes.subarray(0, MAX_HEAD_BYTES));
  const at = text.search(/\r?\n\r?\n/);
  return at < 0 ? -1 : at + (/^\r?\n\r?\n/.exec(text.slice(at))?.[0].length ?? 0);
}

interface Head {
  readonly statusLine: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly bytes: number;
}

function parseHead(bytes: Uint8Array): Head | null {
  const end = headEnd(bytes);
  if (end < 0) return null;
  const [statusLine = "", ...lines] = latin1(bytes.subarray(0, end)).split(/\r?\n/);
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (!status) return null;
  const headers = lines.slice(0, MAX_HEADERS).flatMap((line) => {
    const at = line.indexOf(":");
    return at < 1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as const];
  });
  return { statusLine, status: Number(status), headers, bytes: end };
}

const headerOf = ({ headers }: Head, name: string): string | null =>
  headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? null;

/** RFC 9112, 7.1; what is cut short ends where it ends. */
export function decodeChunked(bytes: Uint8Array): { readonly body: Uint8Array; readonly whole: boolean } {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const line = /^([0-9a-fA-F]{1,8})[^\n]*\n/.exec(latin1(bytes.subarray(at, at + 1024)));
    if (!line?.[1]) break;
    const size = Number.parseInt(line[1], 16);
    if (size === 0) return { body: joined(parts), whole: true };
    const start = at + line[0].length;
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
  return { body: joined(parts), whole: false };
}

/** null while more must come. */
function wholeAnswer(bytes: Uint8Array, request: HttpRequest, atEnd: boolean): HttpAnswer | null {
  const head = parseHead(bytes);
  if (!head)
    return atEnd || bytes.length >= MAX_HEAD_BYTES ? failed("bad-answer", latin1(bytes.subarray(0, 200))) : null;
  const raw = bytes.subarray(head.bytes);
  const length = headerOf(head, "content-length");
  const chunked = headerOf(head, "transfer-encoding")?.toLowerCase().includes("chunked") ? decodeChunked(raw) : null;
  const wanted = request.method === "HEAD" ? 0 : length !== null && /^\d{1,12}$/.test(length) ? Number(length) : null;
  const isWhole = chunked ? chunked.whole : wanted !== null && raw.length >= wanted;
  const isFull = raw.length >= MAX_HTTP_BYTES;
  if (!isWhole && !isFull && !atEnd) return null;
  const body = chunked ? chunked.body : wanted === null ? raw : raw.subarray(0, wanted);
  const { statusLine, status, headers } = head;
  return { ok: true, statusLine, status, headers, body: body.slice(0, MAX_HTTP_BYTES), truncated: !isWhole && isFull };
}

export function httpGet(link: GuestLink, request: HttpRequest): Promise<HttpAnswer> {
  if (!isPath(request.path)) return Promise.resolve(failed("bad-answer", `no path: ${request.path.slice(0, 100)}`));
  return new Promise((resolve) => {
    let opened = false;
    const chunks: Uint8Array[] = [];
    const finish = (answer: HttpAnswer): void => {
      clearTimeout(timer);
      connection.abort();
      resolve(answer);
    };
    const connection = link.connect(request.port, {
      onOpen() {
        opened = true;
        connection.write(new TextEncoder().encode(requestText(request)));
      },
      onData(data) {
        chunks.push(data);
        const answer = wholeAnswer(joined(chunks), request, false);
        if (answer) finish(answer);
      },
      onEnd(how) {
        if (how === "refused") return finish(failed("refused", `port ${request.port}`));
        const answer = chunks.length > 0 ? wholeAnswer(joined(chunks), request, true) : null;
        finish(answer ?? failed("closed", `port ${request.port}`));
      },
    });
    const timer = setTimeout(
      () => finish(failed(opened ? "timeout" : "unreachable", `${request.timeoutMs} ms`)),
      Math.min(60_000, Math.max(100, request.timeoutMs)),
    );
  });
}
