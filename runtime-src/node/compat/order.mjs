const log = (text) => console.log(text);
// far enough away that a slow machine cannot bring it before the immediate
setTimeout(() => log("timeout"), 2_000);
setTimeout(
  (...args) => {
    log(args.join());
    startInterval();
  },
  2_010,
  "a",
  "b",
);
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
let count = 0;
function startInterval() {
  const interval = setInterval(() => {
    log("interval");
    if (++count === 3) clearInterval(interval);
  }, 2);
}
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
