import assert from "node:assert";
import os from "node:os";
import { StringDecoder } from "node:string_decoder";
import tty from "node:tty";

console.log(
  os.hostname(),
  os.type(),
  os.platform(),
  os.EOL === "\n",
  os.release() !== "",
  os.endianness(),
  os.tmpdir(),
);
console.log(
  os.totalmem() > 1e6,
  os.freemem() > 1e6,
  os.loadavg().length,
  os.cpus().length > 0,
  os.uptime() > 0,
  os.userInfo().username,
  os.homedir(),
);
console.log(os.constants.signals.SIGTERM, tty.isatty(0), tty.isatty(99));
const decoder = new StringDecoder("utf8");
console.log(
  [...Buffer.from("é☃𝄞")].map((byte) => decoder.write(Buffer.of(byte))),
  decoder.end(),
);
for (const action of [
  () => assert(0),
  () => assert.strictEqual(1, 2, "given"),
  () => assert.deepStrictEqual({ a: 1 }, { a: 1 }),
  () => assert.deepEqual([1], ["1"]),
  () =>
    assert.throws(() => {
      throw new TypeError("x");
    }, TypeError),
  () => assert.throws(() => {}, /x/),
  () => assert.rejects,
]) {
  try {
    action();
    console.log("ok");
  } catch (error) {
    console.log(error.name, error.code, error.message.startsWith("given"));
  }
}
await assert.rejects(Promise.reject(new Error("r")), /r/);
console.log(performance.now() > 0, typeof globalThis.global, typeof structuredClone({ a: 1 }).a);
console.log(JSON.stringify(structuredClone({ a: [1, { b: new Date(0) }], m: new Map([[1, new Set([2])]]) })));
const controller = new AbortController();
controller.signal.addEventListener("abort", () =>
  console.log("aborted", controller.signal.aborted, controller.signal.reason.name),
);
controller.abort();
