import EventEmitter, { once } from "node:events";

const emitter = new EventEmitter();
const log = [];
emitter.on("newListener", (name) => log.push(`new ${String(name)}`));
emitter.on("a", function (...args) {
  log.push(["a1", this === emitter, ...args]);
});
emitter.once("a", () => log.push("a2"));
emitter.prependListener("a", () => log.push("a0"));
console.log(emitter.emit("a", 1, 2), emitter.emit("a"), emitter.emit("b"));
console.log(log, emitter.listenerCount("a"), emitter.eventNames());
try {
  emitter.emit("error", new Error("boom"));
} catch (error) {
  console.log(error.message);
}
try {
  emitter.emit("error", 42);
} catch (error) {
  console.log(error.code, error.message);
}
try {
  emitter.on("x", 5);
} catch (error) {
  console.log(error.code, error.message);
}
const f = () => log.push("f");
emitter.on("f", f).on("f", f);
emitter.off("f", f);
console.log(emitter.listenerCount("f"));
setTimeout(() => emitter.emit("later", 7), 1);
console.log(await once(emitter, "later"));
setTimeout(() => emitter.emit("error", new Error("rejected")), 1);
await once(emitter, "never").catch((error) => console.log(error.message));
emitter.removeAllListeners();
console.log(emitter.eventNames());
