import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStaticServer } from "./static-server.ts";

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "static-server-"));
  const write = (name: string, content: string | Uint8Array) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };
  write("secret.txt", "secret");
  write("site/index.html", "<head></head><script>1</script>");
  write("site/ko/embed/x/index.html", "<head></head>");
  write("site/404.html", "nothing here");
  write("site/.built-from", "hash");
  write("site/app.js", "original");
  write("site/app.js.gz", gzipSync("original"));
  write("site/guest/state.bin.br", "brotli!");
  write("site/machine/0123456789ab/v86.wasm", "wasm");
  symlinkSync(path.join(folder, "secret.txt"), path.join(folder, "site/link.txt"));
  server = createStaticServer(path.join(folder, "site"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** As written, without the normalising that fetch does to paths. */
function get(urlPath: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path: urlPath, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    })
      .on("error", reject)
      .end();
  });
}

test("a document carries its policy, with the hash of its inline script", async () => {
  const { status, headers } = await get("/");
  expect(status).toBe(200);
  expect(headers["content-security-policy"]).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/=]+'/);
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'self'");
});

test("embeds may be framed by anyone", async () => {
  expect((await get("/ko/embed/x/")).headers["content-security-policy"]).toContain("frame-ancestors *");
});

test("wasm has its type, hashed paths are immutable, others revalidate", async () => {
  const { headers } = await get("/machine/0123456789ab/v86.wasm");
  expect(headers["content-type"]).toBe("application/wasm");
  expect(headers["cache-control"]).toContain("immutable");
  expect((await get("/app.js")).headers["cache-control"]).toBe("no-cache");
});

test("a compressed copy goes to who accepts it", async () => {
  const plain = await get("/app.js");
  const packed = await get("/app.js", { "accept-encoding": "gzip, deflate" });
  expect(plain.body).toBe("original");
  expect(packed.headers["content-encoding"]).toBe("gzip");
  expect(packed.headers.etag).not.toBe(plain.headers.etag);
});

test("what is there only compressed goes to who accepts it, and is missing for others", async () => {
  const packed = await get("/guest/state.bin", { "accept-encoding": "gzip, br" });
  expect(packed).toMatchObject({ status: 200, headers: { "content-encoding": "br", "content-length": "7" } });
  expect((await get("/guest/state.bin", { "accept-encoding": "gzip" })).status).toBe(404);
});

test("a known etag gives 304", async () => {
  const { headers } = await get("/app.js");
  expect((await get("/app.js", { "if-none-match": String(headers.etag) })).status).toBe(304);
});

test("a folder without its slash redirects, a missing page is 404, other methods are 405", async () => {
  expect((await get("/ko/embed/x")).headers.location).toBe("/ko/embed/x/");
  expect(await get("/nowhere/")).toMatchObject({ status: 404, body: "nothing here" });
  expect((await get("/", {}, "POST")).status).toBe(405);
});

describe("nothing outside the root is served", () => {
  test.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/ko/..%2f..%2fsecret.txt",
    "/..%5csecret.txt",
    "/link.txt",
    "//secret.txt",
    "/%00",
    "/%zz",
    "/.built-from",
  ])("%s", async (urlPath) => {
    const { status, body } = await get(urlPath);
    expect([400, 404]).toContain(status);
    expect(body).not.toContain("secret");
    expect(body).not.toBe("hash");
  });
});
