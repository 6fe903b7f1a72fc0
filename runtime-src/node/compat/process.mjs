import fs from "node:fs";
import process from "node:process";

console.log(process.argv.length, process.platform, typeof process.pid, process.env.COMPAT, "NOPE" in process.env);
console.log(
  process.cwd() === fs.realpathSync("."),
  process.umask().toString(8),
  process.umask(0o27).toString(8),
  process.umask().toString(8),
);
process.chdir("/usr");
console.log(process.cwd());
try {
  process.chdir("/no/such");
} catch (error) {
  console.log(error.code, error.syscall);
}
console.log(process.getuid(), process.geteuid(), process.getgid(), process.getgroups().length >= 0);
const [seconds, nanos] = process.hrtime();
console.log(seconds > 0, nanos >= 0, typeof process.hrtime.bigint(), process.hrtime([seconds, nanos])[0]);
console.log(process.uptime() > 0, process.memoryUsage().rss > 100000, process.memoryUsage.rss() > 100000);
try {
  process.kill(process.pid, "SIGNOPE");
} catch (error) {
  console.log(error.code, error.message);
}
try {
  process.kill(2 ** 22 + 1, 0);
} catch (error) {
  console.log(error.code, error.syscall);
}
console.log(process.kill(process.pid, 0));
const seen = [];
const onUsr1 = (...args) => seen.push(args);
process.on("SIGUSR2", onUsr1);
process.kill(process.pid, "SIGUSR2");
// a signal handler keeps no loop alive, so something else has to
const alive = setInterval(() => {}, 1000);
await new Promise((resolve) => process.once("SIGUSR2", resolve));
clearInterval(alive);
process.off("SIGUSR2", onUsr1);
console.log(seen);
process.stdout.write("no newline|");
await new Promise((resolve) => process.stdout.write(Buffer.from("bytes\n"), resolve));
console.log("written");
process.stderr.write("to stderr\n");
process.on("exit", (code) => console.log("exit", code));
process.on("uncaughtException", (error) => {
  console.log("caught", error.message);
  process.exit(9);
});
setTimeout(() => {
  throw new Error("late");
}, 1);
