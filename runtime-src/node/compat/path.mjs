import path, { posix } from "node:path";
import url from "node:url";

const samples = [
  "",
  ".",
  "..",
  "/",
  "//",
  "a",
  "a/",
  "/a",
  "/a/b.c",
  "a/b/../c",
  "../../x",
  "/../x",
  "./a//b/",
  ".bashrc",
  "a.tar.gz",
  "a.",
  "/a/.b/",
  "a/b/.",
  "..a/..b",
  "//x//y",
  "/a/b/c/../../d.txt/",
];
for (const sample of samples) {
  console.log(
    JSON.stringify(sample),
    path.normalize(sample),
    path.dirname(sample),
    path.basename(sample),
    path.extname(sample),
    path.isAbsolute(sample),
    path.parse(sample),
  );
  console.log(
    path.join("/root", sample, "end"),
    path.resolve("/base", sample),
    path.join(sample),
    path.relative("/a/b", path.resolve("/", sample)),
  );
}
console.log(path.basename("x.html", ".html"), path.basename(".html", ".html"), path.basename("/a/x.html/", "html"));
console.log(path.relative("/data/a/b", "/data/c/d"), path.relative("/a", "/a"), path.relative("/a/b", "/a"));
console.log(
  path.format({ dir: "/x", base: "y.z" }),
  path.format({ root: "/", name: "n", ext: "e" }),
  path.format({ dir: "/", name: "n", ext: ".e" }),
);
console.log(
  path.resolve("a", "/b", "c"),
  path.resolve() === process.cwd(),
  posix === path.posix,
  path.sep,
  path.delimiter,
);
for (const bad of [null, 1, undefined]) {
  try {
    path.join(bad);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
console.log(
  url.fileURLToPath("file:///a%20b/c"),
  url.pathToFileURL("/a b/#c?").href,
  new URL("../x", "file:///a/b/c").href,
);
