/**
 * What each image that comes with the guest is made of. `debian` is the base of the programs' images: its layer lies in
 * the tree once, theirs hold what it lacks.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { targets } from "../../runtime-src/build-engine.ts";
import { compileProgram } from "../../runtime-src/build-program.ts";
import { busyboxApplets } from "../rootfs/busybox-applets.ts";
import { writeLibraryCache } from "../rootfs/library-cache.ts";
import { assertLibraries, unpackInto } from "../rootfs/unpack.ts";

export const PATH_ENV = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const FOLDERS = ["dev", "proc", "sys", "run", "tmp", "root", "home", "mnt", "var/tmp", "etc"];

/** The image-spec's config.md. */
interface ImageConfig {
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
}

export interface Recipe {
  readonly name: string;
  /** The image below, whose layers come first. */
  readonly base?: string;
  readonly config: ImageConfig;
  /** `below`: the trees of the layers below. */
  fill(tree: string, below: readonly string[]): Promise<void>;
}

/** One static program, nothing else: what a first image is everywhere. */
export const HELLO_SOURCE = path.join(import.meta.dirname, "hello.c");

const DEBIAN_ENV = [PATH_ENV, "LC_CTYPE=C.UTF-8"];

export function recipes(busybox: string, debs: (name: string) => string): Recipe[] {
  /** Only what people do not run there goes; licences stay. */
  const layer = (name: string, leftOut: readonly string[], finish: (tree: string) => void = () => {}) => {
    return async (tree: string, below: readonly string[]): Promise<void> => {
      await unpackInto(tree, debs(name));
      for (const gone of leftOut) rmSync(path.join(tree, gone), { recursive: true, force: true });
      finish(tree);
      await assertLibraries(tree, below);
      writeLibraryCache(tree, below);
    };
  };
  return [
    {
      name: "busybox",
      config: { Cmd: ["sh"], Env: [PATH_ENV] },
      fill: async (tree) => {
        makeFolders(tree);
        fillBusybox(tree, busybox);
      },
    },
    {
      name: "debian",
      config: { Cmd: ["bash"], Env: DEBIAN_ENV },
      fill: async (tree) => {
        makeFolders(tree);
        await unpackInto(tree, debs("debian"));
        writeLibraryCache(tree);
        writeAccounts(tree, "/bin/bash");
      },
    },
    {
      name: "hello-world",
      config: { Cmd: ["/hello"], Env: [PATH_ENV] },
      fill: (tree) => compileProgram(targets.i686, HELLO_SOURCE, path.join(tree, "hello")),
    },
    {
      name: "nginx",
      base: "debian",
      config: {
        Cmd: ["nginx", "-g", "daemon off;"],
        Env: DEBIAN_ENV,
        StopSignal: "SIGQUIT",
        ExposedPorts: { "80/tcp": {} },
      },
      fill: layer("nginx", NGINX_LEFT_OUT, nginxFolders),
    },
    {
      name: "redis",
      base: "debian",
      config: {
        Cmd: ["redis-server", "--protected-mode", "no"],
        Env: DEBIAN_ENV,
        WorkingDir: "/data",
        ExposedPorts: { "6379/tcp": {} },
      },
      fill: layer("redis", ["etc/default", "etc/logrotate.d", "etc/redis", "usr/bin/redis-benchmark"], (tree) =>
        mkdirSync(path.join(tree, "data")),
      ),
    },
    {
      name: "python",
      base: "debian",
      config: { Cmd: ["python3"], Env: DEBIAN_ENV },
      fill: layer("python", PYTHON_LEFT_OUT),
    },
    {
      name: "stress-ng",
      base: "debian",
      config: { Cmd: ["--help"], Entrypoint: ["stress-ng"], Env: DEBIAN_ENV },
      fill: layer("stress-ng", ["usr/share/stress-ng", "usr/share/drirc.d", "usr/share/libdrm", "usr/lib/stress-ng"]),
    },
  ];
}

const NGINX_LEFT_OUT = [
  "etc/default",
  "etc/logrotate.d",
  "etc/ufw",
  "etc/nginx/snippets",
  "etc/nginx/sites-available",
  "etc/nginx/sites-enabled",
  "etc/nginx/modules-available",
  "etc/nginx/modules-enabled",
  "etc/nginx/koi-utf",
  "etc/nginx/koi-win",
  "etc/nginx/win-utf",
  "usr/share/vim",
  "usr/share/apport",
  "var/www",
];

/** What a small machine without a display or a compiler cannot use, and what Debian itself splits into other packages. */
const PYTHON_LEFT_OUT = [
  "usr/share/binfmts",
  "usr/share/python3",
  "usr/lib/valgrind",
  ...[
    "2to3",
    "pdb3.11",
    "py3clean",
    "py3compile",
    "pydoc3.11",
    "pygettext3.11",
    "py3versions",
    "pdb3",
    "pydoc3",
    "pygettext3",
  ].map((name) => `usr/bin/${name}`),
  ...["lib2to3", "idlelib", "tkinter", "ensurepip", "pydoc_data", "test", "distutils", "turtledemo", "wsgiref"].map(
    (name) => `usr/lib/python3.11/${name}`,
  ),
  "usr/lib/python3.11/turtle.py",
  // these two alone would bring Berkeley DB and Sun RPC
  "usr/lib/python3.11/lib-dynload/_dbm.cpython-311-i386-linux-gnu.so",
  "usr/lib/python3.11/lib-dynload/nis.cpython-311-i386-linux-gnu.so",
];

/** As the image of the same name elsewhere: its logs are the container's output. */
function nginxFolders(tree: string): void {
  const logs = path.join(tree, "var/log/nginx");
  mkdirSync(logs, { recursive: true });
  symlinkSync("/dev/stdout", path.join(logs, "access.log"));
  symlinkSync("/dev/stderr", path.join(logs, "error.log"));
  for (const folder of ["var/lib/nginx", "etc/nginx/conf.d"]) mkdirSync(path.join(tree, folder), { recursive: true });
}

function makeFolders(tree: string): void {
  for (const folder of FOLDERS) mkdirSync(path.join(tree, folder), { recursive: true });
}

export function finishModes(tree: string): void {
  for (const folder of ["tmp", "var/tmp"])
    if (existsSync(path.join(tree, folder))) chmodSync(path.join(tree, folder), 0o1777);
  if (existsSync(path.join(tree, "root"))) chmodSync(path.join(tree, "root"), 0o700);
}

function fillBusybox(tree: string, busybox: string): void {
  mkdirSync(path.join(tree, "bin"));
  cpSync(busybox, path.join(tree, "bin/busybox"));
  for (const applet of busyboxApplets(busybox).filter((name) => name !== "busybox"))
    symlinkSync("busybox", path.join(tree, "bin", applet));
  mkdirSync(path.join(tree, "usr"));
  for (const folder of ["usr/bin", "usr/sbin", "sbin"])
    symlinkSync(folder.startsWith("usr/") ? "../bin" : "bin", path.join(tree, folder));
  writeAccounts(tree, "/bin/sh");
}

function writeAccounts(tree: string, shell: string): void {
  writeFileSync(
    path.join(tree, "etc/passwd"),
    `root:x:0:0:root:/root:${shell}\ndaemon:x:1:1:daemon:/:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n`,
  );
  writeFileSync(path.join(tree, "etc/group"), "root:x:0:\ndaemon:x:1:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n");
}
