/** A folder served for a measurement, with the bytes that went over the wire, and a browser to look at it. */
import type { AddressInfo, Socket } from "node:net";
import { type Browser, chromium, type Page } from "playwright";
import { CHROMIUM_FLAGS, CHROMIUM_PATH, ensureChromium } from "../scripts/chromium.ts";
import { createStaticServer } from "../scripts/static-server.ts";
import { installProbe } from "./page-probe.ts";

export interface Site {
  readonly url: string;
  /** Bytes sent since the start, headers included. */
  sentBytes(): number;
  close(): void;
}

export function openSite(dir: string): Promise<Site> {
  const server = createStaticServer(dir);
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket));
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://localhost:${port}`,
        sentBytes: () => sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0),
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

export function openBrowser(): Promise<Browser> {
  ensureChromium();
  return chromium.launch({ executablePath: CHROMIUM_PATH, args: [...CHROMIUM_FLAGS] });
}

/** The probe's text comes out of tsx, which wraps functions in a helper of its own to keep their names. */
export async function addProbe(page: Page): Promise<void> {
  await page.addInitScript("globalThis.__name = (named) => named;");
  await page.addInitScript(installProbe);
}
