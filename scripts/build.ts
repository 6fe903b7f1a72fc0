/** `npm run build`: the whole site as static files in out/. */
import { fail } from "./fail.ts";
import { buildPage } from "./page-build.ts";

try {
  const { out, built } = await buildPage();
  process.stderr.write(`${out}: ${built ? "built" : "up to date"}; deploy the folder to any static host\n`);
} catch (error) {
  fail("build", error);
}
