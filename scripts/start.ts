/** `npm start`: builds what is missing, serves it, says where. PORT chooses the port (default 3000). */
import { fail } from "./fail.ts";
import { buildPage } from "./page-build.ts";
import { portFrom, serve } from "./serve.ts";

try {
  const port = portFrom(process.env.PORT);
  await buildPage();
  const { server, url } = await serve(port, process.env.HOST ?? "localhost");
  process.stdout.write(`Glassbox is at ${url}\n`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => {
      server.close();
      server.closeAllConnections();
    });
} catch (error) {
  fail("start", error);
}
