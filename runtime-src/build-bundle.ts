/**
 * The TypeScript side of the runtime's build: esbuild makes two bundles of ES modules, `box/` (the container runtime, one
 * chunk a verb, as its dynamic imports split it) and `node/` (the node command and one module for each public Node
 * module). `node:NAME` resolves to runtime-src/node, `native:NAME` stays: the engine has it.
 *
 * Of `box/` the core goes into the binary, which the snapshot keeps cached whole: what starts the program, the agent, the
 * verbs of the first minute, and all that these import statically. The rest goes into a file that is read when needed.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";
import { sourcePositions } from "./build-source-position.ts";
import { CORE_MODULES } from "./core-modules.ts";
import { fileOfModule, publicModules } from "./node/modules.ts";

const runtimeSrc = import.meta.dirname;
const nodeDir = path.join(runtimeSrc, "node");
/** The runtime's own main; tests of the engine have another. */
export const runtimeMain = path.join(runtimeSrc, "cli", "main.ts");

export interface Bundle {
  /** "box/main.js" and so on -> text. */
  readonly modules: ReadonlyMap<string, string>;
  /** Names of those that the box binary holds itself. */
  readonly core: ReadonlySet<string>;
  /** Source maps, by module name plus ".map". */
  readonly maps: ReadonlyMap<string, string>;
}

/** `wholeNode`: also what nobody imports by name. Without, what `box` does not use of a module is not in it. */
const nodeModules = (wholeNode: boolean): Plugin => ({
  name: "node-modules",
  setup(pluginBuild) {
    const sideEffects = wholeNode ? undefined : false;
    pluginBuild.onResolve({ filter: /^node:/ }, ({ path: specifier }) => {
      const file = path.join(nodeDir, fileOfModule(specifier.slice("node:".length)));
      if (existsSync(file)) return { path: file, sideEffects };
      return { errors: [{ text: `${specifier} is not in runtime-src/node (see API.md)` }] };
    });
    pluginBuild.onResolve({ filter: /^\.\// }, ({ path: specifier, resolveDir }) =>
      resolveDir === nodeDir ? { path: path.join(nodeDir, specifier), sideEffects } : null,
    );
    pluginBuild.onResolve({ filter: /^native:/ }, ({ path: specifier }) => ({ path: specifier, external: true }));
  },
});

/** An entry module from text, which may import by absolute path. */
function virtualEntry(text: string): Plugin {
  return {
    name: "virtual-entry",
    setup(pluginBuild) {
      pluginBuild.onResolve({ filter: /^virtual:main$/ }, ({ path: name }) => ({ path: name, namespace: "virtual" }));
      pluginBuild.onLoad({ filter: /.*/, namespace: "virtual" }, () => ({
        contents: text,
        resolveDir: runtimeSrc,
        loader: "ts",
      }));
    },
  };
}

async function bundleOne(
  prefix: string,
  entryPoints: BuildOptions["entryPoints"],
  plugins: Plugin[],
): Promise<{ readonly files: Map<string, string>; readonly outputs: Metafile["outputs"] }> {
  const result = await build({
    absWorkingDir: runtimeSrc,
    entryPoints,
    plugins: [...plugins, nodeModules(prefix === "node"), sourcePositions(runtimeSrc)],
    outdir: path.join(runtimeSrc, prefix),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    minifySyntax: true,
    charset: "utf8",
    sourcemap: "external",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const files = new Map(result.outputFiles.map((file) => [`${prefix}/${path.basename(file.path)}`, file.text]));
  return { files, outputs: result.metafile.outputs };
}

/** Names of the chunks that the entry and `sources` are in, with all that those import statically. */
function coreOf(outputs: Metafile["outputs"], sources: readonly string[]): Set<string> {
  const core = new Set<string>();
  const add = (file: string): void => {
    if (core.has(file)) return;
    core.add(file);
    for (const { path: imported, kind } of outputs[file]?.imports ?? [])
      if (kind === "import-statement" && outputs[imported]) add(imported);
  };
  for (const source of ["virtual:virtual:main", ...sources]) {
    const chunk = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === source);
    if (!chunk) throw new Error(`core-modules.ts: ${source} is not loaded by a dynamic import of its own`);
    add(chunk);
  }
  return new Set([...core].map((file) => `box/${path.basename(file)}`));
}

/** `cliMain` exports `main(argv)`; see linux/run-main.ts for how it is started. */
export async function bundleRuntime(cliMain: string): Promise<Bundle> {
  const entry = [
    `import { runMain } from ${JSON.stringify(path.join(nodeDir, "run-main.ts"))};`,
    `import { main } from ${JSON.stringify(cliMain)};`,
    "runMain(main);",
  ].join("\n");
  const nodeEntries = publicModules.map((name) => ({
    in: path.join(nodeDir, fileOfModule(name)),
    out: fileOfModule(name).replace(/\.ts$/, ""),
  }));
  const box = await bundleOne("box", [{ in: "virtual:main", out: "main" }], [virtualEntry(entry)]);
  const node = await bundleOne("node", [{ in: path.join(nodeDir, "main.ts"), out: "main" }, ...nodeEntries], []);
  const files = [...box.files, ...node.files];
  return {
    modules: new Map(files.filter(([name]) => name.endsWith(".js"))),
    core: coreOf(box.outputs, cliMain === runtimeMain ? CORE_MODULES : []),
    maps: new Map(files.filter(([name]) => name.endsWith(".map"))),
  };
}
