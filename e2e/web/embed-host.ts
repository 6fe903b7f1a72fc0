import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type BrowserContext, test as base, expect, type FrameLocator, type Page } from "playwright/test";

/** An article on another site: 127.0.0.1 is to the browser no part of localhost, where the labs are. */
export class EmbedHost {
  readonly page: Page;
  readonly lab: FrameLocator;
  /** What the lab's frame has asked for, in order. */
  readonly requests: string[] = [];
  readonly scripts: Promise<string>[] = [];

  constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.lab = page.frameLocator("iframe");
    context.on("request", (request) => this.requests.push(request.url()));
    context.on("response", (response) => {
      if (/\.m?js(\?|$)/.test(response.url())) this.scripts.push(response.text().catch(() => ""));
    });
  }

  /** Requests for the emulator, its worker or any part of the guest. */
  ofGuest(): string[] {
    return this.requests.filter((url) => /\/machine\/|\/guest\/|\.wasm|\.zst|worker/.test(url));
  }
}

/** What a browser does to a frame of another site when it blocks third-party storage: each use of it throws. */
function blockStorage(): void {
  if (window.parent === window) return;
  for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException(`${name}: access is denied for this document`, "SecurityError");
      },
    });
  Object.defineProperty(document, "cookie", { get: () => "", set: () => {} });
}

interface Fixtures {
  readonly embedHost: EmbedHost;
  /** Serves an article whose body this is; returns its address. */
  readonly article: (body: string) => Promise<string>;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs off its first parameter.
  article: async ({}, use) => {
    const servers: Server[] = [];
    await use(async (body) => {
      const html = `<!doctype html><html lang="en"><title>An article</title><body>${body}</body></html>`;
      const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    for (const server of servers) server.close();
  },
  embedHost: async ({ page, context }, use) => {
    await context.addInitScript(blockStorage);
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await use(new EmbedHost(page, context));
    expect(faults, "uncaught errors in the article or the lab").toEqual([]);
    expect(await context.cookies(), "cookies set by a lab").toEqual([]);
  },
});

export { expect };
