/** Serves out/ as it is: `tsx scripts/serve.ts [--port N] [--host ADDRESS]`. Also what `npm start` ends in. */
import { existsSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createStaticServer } from "./static-server.ts";

const out = path.resolve(import.meta.dirname, "../out");

/** Resolves when the server listens; port 0 takes a free one. */
export function serve(port: number, host: string): Promise<{ server: Server; url: string }> {
  if (!existsSync(path.join(out, "index.html"))) throw new Error("out/: nothing built yet; run npm run build");
  const server = createStaticServer(out);
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const remedy = error.code === "EADDRINUSE" ? "; another program has the port, set PORT to a free one" : "";
      reject(new Error(`listen ${host}:${port}: ${error.code ?? error.message}${remedy}`, { cause: error }));
    });
    server.listen(port, host, () => {
      const { port: bound } = server.address() as AddressInfo;
      resolve({ server, url: `http://localhost:${bound}/` });
    });
  });
}

export function portFrom(text: string | undefined): number {
  const port = Number(text ?? "3000");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT ${text}: not a port number`);
  return port;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { port: { type: "string" }, host: { type: "string" } } });
  const { url } = await serve(portFrom(values.port ?? process.env.PORT), values.host ?? "localhost");
  process.stdout.write(`${url}\n`);
}
