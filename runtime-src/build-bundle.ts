/**
 * The TypeScript side of the runtime's build: esbuild makes two bundles of ES modules, `box/` (the container runtime, one
 * chunk a verb, as its dynamic imports split it) and `node/` (the node command and one module for each public Node
 * module). `node:NAME` resolves to runtime-src/node, `native:NAME` stays: the engine has it.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { sourcePositions } from "./build-source-position.ts";
import { fileOfModule, publicModules } from "./node/modules.ts";

const runtimeSrc = import.meta.dirname;
const nodeDir = path.join(runtimeSrc, "node");

export interface Bundle {
  /** "box/main.js" and so on -> text. */
  readonly modules: ReadonlyMap<string, string>;
  /** Source maps, by module name plus ".map". */
  readonly maps: ReadonlyMap<string, string>;
}

const nodeModules: Plugin = {
  name: "node-modules",
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^node:/ }, ({ path: specifier }) => {
      const file = path.join(nodeDir, fileOfModule(specifier.slice("node:".length)));
      if (existsSync(file)) return { path: file };
      return { errors: [{ text: `${specifier} is not in runtime-src/node (see API.md)` }] };
    });
    pluginBuild.onResolve({ filter: /^native:/ }, ({ path: specifier }) => ({ path: specifier, external: true }));
  },
};

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
): Promise<Map<string, string>> {
  const result = await build({
    absWorkingDir: runtimeSrc,
    entryPoints,
    plugins: [...plugins, nodeModules, sourcePositions(runtimeSrc)],
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
    logLevel: "silent",
  });
  return new Map(result.outputFiles.map((file) => [`${prefix}/${path.basename(file.path)}`, file.text]));
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
  const files = [
    ...(await bundleOne("box", [{ in: "virtual:main", out: "main" }], [virtualEntry(entry)])),
    ...(await bundleOne("node", [{ in: path.join(nodeDir, "main.ts"), out: "main" }, ...nodeEntries], [])),
  ];
  return {
    modules: new Map(files.filter(([name]) => name.endsWith(".js"))),
    maps: new Map(files.filter(([name]) => name.endsWith(".map"))),
  };
}
