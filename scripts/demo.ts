/**
 * `npm run demo -- NAME`: films a demo into films/NAME.webm with films/NAME.png as its poster. Builds and serves the
 * page itself, unless PORT names one that is being served on this machine.
 */
import path from "node:path";
import { DEMOS } from "../e2e/demo/demos.ts";
import { film } from "../e2e/demo/film.ts";
import { step } from "../guest-image/lib/progress.ts";
import { CHROMIUM_FLAGS, CHROMIUM_PATH, ensureChromium } from "./chromium.ts";
import { fail } from "./fail.ts";
import { ensureFfmpeg, FFMPEG_PATH } from "./ffmpeg.ts";
import { buildPage } from "./page-build.ts";
import { portFrom, serve } from "./serve.ts";

const root = path.resolve(import.meta.dirname, "..");

async function openSite(): Promise<{ site: string; close: () => void }> {
  if (process.env.PORT) return { site: `http://localhost:${portFrom(process.env.PORT)}/`, close: () => {} };
  await buildPage();
  const { server, url } = await serve(0, "localhost");
  return {
    site: url,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const [name = ""] = process.argv.slice(2);
const demo = Object.hasOwn(DEMOS, name) ? DEMOS[name] : undefined;
if (!demo) {
  const asked = name === "" ? "name a film" : `no film "${name}"`;
  process.stderr.write(`demo: ${asked}; there are ${Object.keys(DEMOS).join(", ")}\n`);
  process.exitCode = 2;
} else {
  try {
    ensureChromium();
    ensureFfmpeg();
    const { site, close } = await openSite();
    const outFile = path.join(root, "films", name);
    const progress = step(`filming ${name}`);
    try {
      await film(demo, {
        site,
        chromiumPath: CHROMIUM_PATH,
        chromiumFlags: CHROMIUM_FLAGS,
        ffmpeg: FFMPEG_PATH,
        outFile,
        onNote: (text) => progress.note(text),
      });
    } finally {
      close();
    }
    progress.done();
    process.stdout.write(`films/${name}.webm, films/${name}.png\n`);
  } catch (error) {
    fail("demo", error);
  }
}
