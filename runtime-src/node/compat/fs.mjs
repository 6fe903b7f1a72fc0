import fs from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

const root = await mkdtemp(path.join(os.tmpdir(), "compat-"));
const at = (...names) => path.join(root, ...names);
const clean = (text) =>
  String(text)
    .replaceAll(root, "ROOT")
    .replace(/compat-\w{6}/g, "compat-X");
const attempt = (name, action) => {
  try {
    console.log(name, action());
  } catch (error) {
    console.log(
      name,
      error.code,
      error.errno,
      error.syscall,
      clean(error.message),
      error.path && clean(error.path),
      error.dest && clean(error.dest),
    );
  }
};

fs.writeFileSync(at("a"), "héllo ☃\n");
attempt("text", () => fs.readFileSync(at("a"), "utf8"));
attempt("bytes", () => fs.readFileSync(at("a")));
attempt("hex", () => fs.readFileSync(at("a"), "hex"));
attempt("latin1", () => fs.readFileSync(at("a"), { encoding: "latin1" }));
fs.appendFileSync(at("a"), Buffer.from("more"));
attempt("appended", () => fs.readFileSync(at("a"), "utf8"));
fs.writeFileSync(at("a"), "x", { flag: "a" });
fs.writeFileSync(at("mode"), "m", { mode: 0o640 });
attempt("mode", () => (fs.statSync(at("mode")).mode & 0o777).toString(8));
attempt("exclusive", () => fs.writeFileSync(at("a"), "", { flag: "wx" }));
attempt("missing", () => fs.readFileSync(at("nope")));
attempt("folder as file", () => fs.readFileSync(root));
attempt("open folder for writing", () => fs.openSync(root, "w"));
attempt("bad flag", () => fs.openSync(at("a"), "zz"));

attempt("mkdir", () => fs.mkdirSync(at("d")));
attempt("mkdir again", () => fs.mkdirSync(at("d")));
attempt("mkdir without parent", () => fs.mkdirSync(at("p", "q")));
attempt("mkdir -p", () => clean(fs.mkdirSync(at("p", "q", "r"), { recursive: true })));
attempt("mkdir -p again", () => fs.mkdirSync(at("p", "q", "r"), { recursive: true }));
attempt("mkdir -p over file", () => fs.mkdirSync(at("a"), { recursive: true }));
fs.writeFileSync(at("p", "q", "f"), "1");
fs.symlinkSync("q/f", at("p", "link"));
attempt("readdir", () => fs.readdirSync(at("p")));
attempt("types", () =>
  fs
    .readdirSync(at("p"), { withFileTypes: true })
    .map((d) => [d.name, d.isFile(), d.isDirectory(), d.isSymbolicLink(), clean(d.parentPath ?? d.path)]),
);
attempt("recursive", () => fs.readdirSync(at("p"), { recursive: true }).sort());
attempt("readdir of file", () => fs.readdirSync(at("a")));
attempt("readdir missing", () => fs.readdirSync(at("zzz")));
attempt("readlink", () => fs.readlinkSync(at("p", "link")));
attempt("readlink of file", () => fs.readlinkSync(at("a")));
attempt("realpath", () => clean(fs.realpathSync(at("p", "link"))));
attempt("lstat", () => fs.lstatSync(at("p", "link")).isSymbolicLink());
attempt("stat", () => fs.statSync(at("p", "link")).size);
attempt("stat missing", () => fs.statSync(at("zzz")));
attempt("lstat missing", () => fs.lstatSync(at("zzz")));
attempt("stat quiet", () => fs.statSync(at("zzz"), { throwIfNoEntry: false }));
attempt("symlink exists", () => fs.symlinkSync("x", at("p", "link")));
attempt("link", () => [fs.linkSync(at("a"), at("hard")), fs.statSync(at("a")).nlink].at(-1));
attempt("link missing", () => fs.linkSync(at("zzz"), at("hard2")));
attempt("rename", () => [fs.renameSync(at("hard"), at("hard3")), fs.existsSync(at("hard"))].at(-1));
attempt("rename missing", () => fs.renameSync(at("zzz"), at("yyy")));
attempt("copy", () => [fs.copyFileSync(at("a"), at("copy")), fs.readFileSync(at("copy"), "utf8")].at(-1));
attempt("copy exclusive", () => fs.copyFileSync(at("a"), at("copy"), fs.constants.COPYFILE_EXCL));
attempt("copy missing", () => fs.copyFileSync(at("zzz"), at("copy2")));
attempt("chmod", () => [fs.chmodSync(at("a"), 0o600), (fs.statSync(at("a")).mode & 0o777).toString(8)].at(-1));
attempt("chmod text", () => [fs.chmodSync(at("a"), "644"), (fs.statSync(at("a")).mode & 0o777).toString(8)].at(-1));
attempt("chown missing", () => fs.chownSync(at("zzz"), 0, 0));
attempt("utimes", () => [fs.utimesSync(at("a"), 1, 1000.5), fs.statSync(at("a")).mtimeMs].at(-1));
attempt("mtime", () => fs.statSync(at("a")).mtime);
attempt("access", () => fs.accessSync(at("a"), fs.constants.R_OK));
attempt("access missing", () => fs.accessSync(at("zzz")));
attempt("exists", () => [fs.existsSync(at("a")), fs.existsSync(at("zzz")), fs.existsSync("")]);
attempt("truncate", () => [fs.truncateSync(at("copy"), 3), fs.readFileSync(at("copy"), "utf8")].at(-1));

const fd = fs.openSync(at("rw"), "w+");
attempt("writeSync", () => fs.writeSync(fd, "0123456789"));
attempt("writeSync at", () => fs.writeSync(fd, Buffer.from("abc"), 1, 2, 4));
const buffer = Buffer.alloc(8);
attempt("readSync at", () => [fs.readSync(fd, buffer, 1, 5, 3), buffer.toString("latin1")]);
attempt("readSync options", () => fs.readSync(fd, buffer, { position: 0 }));
attempt("fstat", () => fs.fstatSync(fd).size);
fs.ftruncateSync(fd, 4);
fs.fsyncSync(fd);
attempt("whole", () => fs.readFileSync(at("rw"), "utf8"));
fs.closeSync(fd);
attempt("closed", () => fs.fstatSync(fd));
attempt("close again", () => fs.closeSync(fd));
attempt("rm missing", () => fs.rmSync(at("zzz")));
attempt("rm force", () => fs.rmSync(at("zzz"), { force: true }));
attempt("rm folder", () => fs.rmSync(at("p")));
attempt("rmdir full", () => fs.rmdirSync(at("p")));
attempt("rm -r", () => [fs.rmSync(at("p"), { recursive: true }), fs.existsSync(at("p"))].at(-1));
attempt("unlink folder", () => fs.unlinkSync(at("d")));
attempt("url", () => fs.readFileSync(new URL(`file://${at("rw")}`), "utf8"));
attempt("number as path", () => fs.readFileSync({}));

await fs.promises.writeFile(at("later"), "promised");
console.log(await readFile(at("later"), "utf8"));
await fs.promises.readFile(at("zzz")).catch((error) => console.log(error.code, clean(error.message)));
const handle = await fs.promises.open(at("later"), "r+");
console.log((await handle.read(Buffer.alloc(4), 0, 4, 2)).buffer.toString(), (await handle.stat()).size);
await handle.close();
await new Promise((resolve) =>
  fs.readFile(at("zzz"), "utf8", (error, text) => {
    console.log("callback", error.code, text);
    fs.readFile(at("later"), "utf8", (none, found) => {
      console.log("callback", none, found);
      resolve();
    });
  }),
);
const chunks = [];
for await (const chunk of fs.createReadStream(at("later"), "utf8")) chunks.push(chunk);
console.log(chunks);
const out = fs.createWriteStream(at("stream"));
out.write("one ");
out.end("two");
await new Promise((resolve) => out.on("finish", resolve));
console.log(fs.readFileSync(at("stream"), "utf8"));
await rm(root, { recursive: true });
console.log(fs.existsSync(root));
