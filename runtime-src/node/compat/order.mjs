const log = (text) => console.log(text);
setTimeout(() => log("timeout 1"), 1);
setImmediate(() => {
  log("immediate");
  process.nextTick(() => log("tick in immediate"));
  Promise.resolve().then(() => log("job in immediate"));
});
Promise.resolve().then(() => {
  log("job");
  process.nextTick(() => log("tick from job"));
  Promise.resolve().then(() => log("job from job"));
});
queueMicrotask(() => log("microtask"));
process.nextTick((a, b) => log(`tick ${a} ${b}`), 1, 2);
log("main");
const interval = setInterval(() => {
  log("interval");
  if (++count === 3) clearInterval(interval);
}, 2);
let count = 0;
clearTimeout(setTimeout(() => log("never"), 1));
const unref = setTimeout(() => log("never"), 100_000);
unref.unref();
console.log(unref.hasRef());
process.on("beforeExit", (code) => {
  if (count < 4) {
    count = 4;
    log(`beforeExit ${code}`);
    setTimeout(() => log("more work"), 1);
  }
});
process.on("exit", (code) => log(`exit ${code} ${process.exitCode}`));
process.exitCode = 6;
setTimeout((...args) => log(args.join()), 0, "a", "b");
