import { exec, execFile, execFileSync, execSync, spawn, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const ended = (child) => new Promise((resolve) => child.on("close", (...args) => resolve(args)));

const cat = spawn("cat", [], { stdio: ["pipe", "pipe", "inherit"] });
let text = "";
cat.stdout.setEncoding("utf8");
cat.stdout.on("data", (chunk) => (text += chunk));
cat.stdin.write("first ");
cat.stdin.end("second");
console.log(await ended(cat), text, typeof cat.pid);

const big = spawn("sh", ["-c", "head -c 300000 /dev/zero"]);
let size = 0;
big.stdout.on("data", (chunk) => (size += chunk.length));
console.log(await ended(big), size);

const feeding = spawn("wc", ["-c"]);
let counted = "";
feeding.stdout.on("data", (chunk) => (counted += chunk));
feeding.stdin.end(Buffer.alloc(1_000_000));
console.log(await ended(feeding), counted.trim());

const killed = spawn("sleep", ["100"]);
killed.on("spawn", () => killed.kill());
console.log(await ended(killed), killed.killed, killed.signalCode, killed.exitCode);
console.log(killed.kill());

const missing = spawn("no-such-program", ["x"]);
missing.on("error", (error) =>
  console.log(error.code, error.syscall, error.path, error.spawnargs, error.message, error.errno),
);
await new Promise((resolve) => missing.on("error", resolve));
console.log(missing.pid);

console.log(await ended(spawn("exit 5", { shell: true, stdio: "ignore" })));
console.log(
  await ended(spawn("sh", ["-c", "echo $FOO; pwd"], { env: { FOO: "bar" }, cwd: "/usr", stdio: ["ignore", 1, 2] })),
);
console.log(
  await ended(
    spawn("nope", { cwd: "/no/such", stdio: "ignore" }).on("error", (error) => console.log(error.code)),
  ).catch(String),
);

console.log(execFileSync("echo", ["a b"], { encoding: "utf8" }), execSync("echo $((1+2))").toString());
console.log(execFileSync("cat", { input: "given", encoding: "utf8" }));
try {
  execFileSync("sh", ["-c", "echo out; echo err >&2; exit 3"], { stdio: "pipe" });
} catch (error) {
  console.log(error.status, error.signal, String(error.stdout), String(error.stderr), error.message);
}
try {
  execFileSync("no-such-program");
} catch (error) {
  console.log(error.code, error.message);
}
const result = spawnSync("sh", ["-c", "kill -9 $$"]);
console.log(result.status, result.signal, result.stdout.length, result.output.length);
const slow = spawnSync("sleep", ["100"], { timeout: 50 });
console.log(slow.status, slow.signal, slow.error.code, slow.error.message);
const quiet = spawnSync("sleep", ["100"], { timeout: 50, stdio: "ignore", killSignal: "SIGKILL" });
console.log(quiet.signal, quiet.stdout);
const flood = spawnSync("yes", { maxBuffer: 1000 });
console.log(flood.error.code, flood.stdout.length >= 1000, flood.signal);
await new Promise((resolve) => {
  exec("echo out; echo err >&2; exit 2", (error, stdout, stderr) => {
    console.log(error.code, error.killed, error.signal, error.cmd, stdout, stderr);
    execFile("echo", ["fine"], (none, out) => {
      console.log(none, out);
      resolve();
    });
  });
});
await promisify((done) => exec("exit 7", done))().catch((error) => console.log("rejected", error.code, error.message));
