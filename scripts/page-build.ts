/**
 * The page as static files in out/, ready for any static host: the export by Next, the machine's worker, the guest
 * image, policies and precompressed copies. Built only when something that it is made from has changed.
 */
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { buildEmbedScript } from "../embed/build-script.ts";
import { hashOf } from "../guest-image/lib/cache.ts";
import { step } from "../guest-image/lib/progress.ts";
import { run } from "../guest-image/lib/run.ts";
import { earlyStartScript, WORKER_FILE } from "../lib/machine/early-start.ts";
import { buildWorker } from "./build-worker.ts";
import { withPolicy } from "./content-security-policy.ts";
import { guestImageDir } from "./guest-image-dir.ts";
import { guestFolder, type PageEnvironment, pageEnvironment } from "./page-environment.ts";
import { precompress, precompressState } from "./precompress.ts";

const root = path.resolve(import.meta.dirname, "..");
const out = path.join(root, "out");
const stamp = path.join(out, ".built-from");
const SOURCE_TREES = ["app", "components", "embed", "lib", "lessons"];
const SOURCE_FILES = ["next.config.ts", "scripts/font-subsets.ts", "tsconfig.json", "package-lock.json"];
/** What a change of this build itself changes in the result. */
const OWN_FILES = ["page-build.ts", "content-security-policy.ts", "precompress.ts"];
/** Written by builds into public/, so not a source of them. */
const BUILT_IN_PUBLIC = new Set(["machine", "guest"]);

/** Pages whose visitor came for the machine; embeds load nothing before they are asked to. */
const STARTS_AT_ONCE = /^[a-z]{2}\/(lessons\/[^/]+\/)?index\.html$/;

export interface PageBuild {
  readonly out: string;
  readonly imageDir: string;
  readonly built: boolean;
}

export async function buildPage(): Promise<PageBuild> {
  const imageDir = await guestImageDir();
  const machineDir = await buildWorker();
  const environment = pageEnvironment(machineDir, imageDir);
  const hash = sourceHash(JSON.stringify(environment));
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return { out, imageDir, built: false };
  rmSync(stamp, { force: true });
  removeDanglingLinks(path.join(root, "public/guest"));
  await exportPage(environment);
  // What a development server left in public/ was exported with it.
  rmSync(path.join(out, "guest"), { recursive: true, force: true });
  rmSync(path.join(out, "machine/dev"), { recursive: true, force: true });
  await buildEmbedScript(path.join(out, "embed/glassbox-lab.js"));
  linkTree(imageDir, path.join(out, guestFolder(imageDir)));
  copyRuntimeSources(path.join(out, "runtime-src"));
  for (const file of filesIn(out).filter((name) => name.endsWith(".html"))) {
    const html = readFileSync(file, "utf8");
    const starts = STARTS_AT_ONCE.test(path.relative(out, file));
    writeFileSync(file, withPolicy(starts ? withEarlyStart(html, environment) : html));
  }
  const progress = step("compressing the page");
  await precompress(out, (file) => file.startsWith(path.join(out, "guest")) && !isIndex(file), progress);
  progress.note("the snapshot");
  await precompressState(path.join(out, guestFolder(imageDir)));
  progress.done();
  writeFileSync(stamp, hash);
  return { out, imageDir, built: true };
}

/** A script of Next's that may run whenever it is there. */
const OWN_SCRIPT = /<script src="([^"]+)"(?: id="[^"]*")? async=""><\/script>/g;

/** First in <head>, so that the worker is made while the rest is parsed; it adds the page's scripts, too. */
function withEarlyStart(html: string, environment: PageEnvironment): string {
  const { NEXT_PUBLIC_BASE_PATH: base, NEXT_PUBLIC_MACHINE_DIR: machine, NEXT_PUBLIC_GUEST_DIR: guest } = environment;
  const paths = {
    workerUrl: `${base}/${machine}/${WORKER_FILE}`,
    v86Url: `${base}/${machine}/libv86.mjs`,
    wasmUrl: `${base}/${machine}/v86.wasm`,
    manifestUrl: `${base}/${guest}/manifest.json`,
  };
  const scripts = [...html.matchAll(OWN_SCRIPT)].map(([, src]) => src ?? "");
  const script = earlyStartScript(paths, scripts);
  return html
    .replace(OWN_SCRIPT, (_, src: string) => `<link rel="preload" as="script" fetchPriority="low" href="${src}"/>`)
    .replace(/<head([^>]*)>/, (head) => `${head}<script>${script}</script>`);
}

/** Of the guest image, only what is text and fetched whole; the tree's files are compressed already. */
const isIndex = (file: string): boolean => /^(manifest|layout|fs)\.json$/.test(path.basename(file));

function sourceHash(environment: string): string {
  const files = SOURCE_FILES.map((name) => path.join(root, name)).filter((file) => existsSync(file));
  const publicDir = path.join(root, "public");
  const built = (file: string): boolean => BUILT_IN_PUBLIC.has(path.relative(publicDir, file).split(path.sep)[0] ?? "");
  const trees = [...SOURCE_TREES.map((name) => path.join(root, name)), publicDir].filter((dir) => existsSync(dir));
  return hashOf([
    environment,
    ...OWN_FILES.map((name) => ({ file: path.join(import.meta.dirname, name) })),
    ...files.map((file) => ({ file })),
    ...trees
      .flatMap((dir) => filesIn(dir).filter((file) => !/\.test\.tsx?$/.test(file) && !built(file)))
      .map((file) => ({ file })),
  ]);
}

async function exportPage(environment: PageEnvironment): Promise<void> {
  const progress = step("building the page");
  rmSync(out, { recursive: true, force: true });
  await run(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    env: { ...process.env, ...environment, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    onLine: (line) => progress.note(line.trim()),
  });
  if (!existsSync(path.join(out, "index.html"))) throw new Error("next build: left no out/index.html");
  progress.done();
}

/** A development server links the image into public/; the cache may have dropped that image since, and Next would fail. */
function removeDanglingLinks(dir: string): void {
  if (!existsSync(dir)) return;
  for (const name of readdirSync(dir)) if (!existsSync(path.join(dir, name))) rmSync(path.join(dir, name));
}

/** The timeline shows the lines of the runtime that made each step. */
function copyRuntimeSources(target: string): void {
  const from = path.join(root, "runtime-src");
  for (const file of filesIn(from)) {
    if (!file.endsWith(".ts") || /\.(test|d)\.ts$/.test(file)) continue;
    const copy = path.join(target, path.relative(from, file));
    mkdirSync(path.dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
}

/** Hard links where the file system allows, copies elsewhere: the image is some thousand small files. */
function linkTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else if (entry.isFile()) {
      try {
        linkSync(source, target);
      } catch {
        copyFileSync(source, target);
      }
    }
  }
}

function filesIn(target: string): string[] {
  const entries = readdirSync(target, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
