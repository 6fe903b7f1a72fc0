/** `npm run dev`: Next's development server, with the worker rebuilt as its sources change. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, watch } from "node:fs";
import path from "node:path";
import { buildWorker } from "./build-worker.ts";
import { fail } from "./fail.ts";
import { guestImageDir } from "./guest-image-dir.ts";
import { guestFolder, pageEnvironment } from "./page-environment.ts";
import { portFrom } from "./serve.ts";

const root = path.resolve(import.meta.dirname, "..");
const WORKER_SOURCES = ["lib/machine", "lib/introspect", "lib/model", "lib/protocol"];
/** Unhashed, so that the page need not be told about each build of the worker. */
const DEV_MACHINE = "machine/dev";

function linkInPublic(target: string, name: string): void {
  const link = path.join(root, "public", name);
  mkdirSync(path.dirname(link), { recursive: true });
  rmSync(link, { recursive: true, force: true });
  symlinkSync(target, link);
}

async function rebuildWorker(): Promise<void> {
  linkInPublic(path.join(root, "public", await buildWorker()), DEV_MACHINE);
}

try {
  const port = portFrom(process.env.PORT);
  const imageDir = await guestImageDir();
  await rebuildWorker();
  linkInPublic(imageDir, guestFolder(imageDir));
  let pending: ReturnType<typeof setTimeout> | null = null;
  for (const folder of WORKER_SOURCES.map((name) => path.join(root, name)).filter((dir) => existsSync(dir))) {
    watch(folder, { recursive: true }, () => {
      if (pending) clearTimeout(pending);
      pending = setTimeout(() => void rebuildWorker().catch((error) => process.stderr.write(`${error}\n`)), 100);
    });
  }
  const next = spawn(process.execPath, ["node_modules/next/dist/bin/next", "dev", "-p", String(port)], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...pageEnvironment(DEV_MACHINE, imageDir), NEXT_TELEMETRY_DISABLED: "1" },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => next.kill(signal));
  next.once("exit", (code) => process.exit(code ?? 0));
} catch (error) {
  fail("dev", error);
}
