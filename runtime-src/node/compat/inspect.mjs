import util from "node:util";

class Foo {
  constructor() {
    this.a = 1;
  }
}
class Bar extends Foo {
  #hidden = 1;
  get x() {
    return this.#hidden;
  }
}
const circular = { name: "c" };
circular.self = circular;
const values = [
  1,
  -0,
  1.5,
  NaN,
  "it's",
  'a"b',
  "both ' and \"",
  "nl\n\t\x01",
  10n,
  true,
  null,
  undefined,
  Symbol("s"),
  [],
  {},
  [1, 2, 3],
  [[1, [2, [3, [4]]]]],
  { a: { b: { c: { d: 1 } } } },
  [undefined, null],
  Object.assign(new Array(4), { 1: 1 }),
  { "a-b": 1, c: "x", [Symbol("k")]: 2 },
  new Foo(),
  new Bar(),
  class A {},
  class B extends Foo {},
  function f() {},
  () => {},
  async () => {},
  new Map([
    ["a", { b: 1 }],
    [2, [3]],
  ]),
  new Set([1, "b"]),
  new Date(0),
  /x/gi,
  circular,
  Object.create(null),
  new Uint8Array([1, 2]),
  new Map(),
  new Set(),
  [1.5, -2, 300],
  { f() {}, g: () => 1 },
  Object.assign([1, 2], { extra: true }),
  new Error("plain").message,
  {
    get a() {
      return 1;
    },
    set b(_v) {},
    get c() {
      return 1;
    },
    set c(_v) {},
  },
  Array.from({ length: 120 }, (_, i) => i),
  Array.from({ length: 27 }, (_, i) => `item${i}`),
  ["short", "a much longer string than the others", "x", "y", "z", "w", "v"],
  { long: "a".repeat(60), other: "b".repeat(30) },
  { k1: 1, k2: 2, k3: 3, k4: 4, k5: 5, k6: 6, k7: 7, k8: 8, k9: 9 },
  {
    list: [
      { id: 1, name: "first", tags: ["a", "b"] },
      { id: 2, name: "second", tags: [] },
    ],
  },
  { level: { one: { two: [1, 2, { three: 3 }] } }, s: "x" },
  new Number(3),
  new String("s"),
  [
    ["a", 1],
    ["b", 2],
  ],
  "x".repeat(200),
  ["x".repeat(100)],
  [true, false, null, undefined, 1, "a", 2n, Symbol.iterator],
];
for (const value of values) console.log(value);
console.log(
  util.inspect({ a: { b: { c: { d: 1 } } } }, { depth: 0 }),
  util.inspect({ a: { b: { c: { d: 1 } } } }, { depth: null }),
);
console.log(
  util.inspect("str"),
  util.inspect([1, [2]], { compact: false }),
  util.inspect({ b: 1, a: 2 }, { sorted: true }),
);
console.log(util.inspect({ a: 1, s: "x", n: null, u: undefined, d: new Date(0) }, { colors: true }));
console.log(util.inspect({ [util.inspect.custom]: () => "custom!" }));
console.log(
  util.format("%s %d %i %f %j %O %O %% %c.", "s", 42.5, 42.9, "1.5", { a: 1 }, [1], { b: 2 }, "css"),
  util.format("a", 1, { b: 2 }),
  util.format(1, 2, "3"),
  util.format("%s", null, undefined),
  util.format("%s %s", "only"),
);
console.log("%s is %d", "x", 5, "extra", [1]);
console.log(
  util.format("%s", { a: 1 }),
  util.format("%d", "0x10"),
  util.format("%s", 5n),
  util.format("%s", -0),
  util.format("%s", () => 1),
);
console.log(
  util.isDeepStrictEqual({ a: [1, new Map([[1, 2]])] }, { a: [1, new Map([[1, 2]])] }),
  util.isDeepStrictEqual([1], ["1"]),
);
console.log(
  util.parseArgs({
    args: ["-f", "--bar", "b", "pos"],
    options: { foo: { type: "boolean", short: "f" }, bar: { type: "string" } },
    allowPositionals: true,
  }),
);
for (const args of [["--zip"], ["--bar"], ["--foo=1"], ["pos"]]) {
  try {
    util.parseArgs({ args, options: { foo: { type: "boolean", short: "f" }, bar: { type: "string" } } });
  } catch (error) {
    console.log(error.code, error.message);
  }
}
console.table([
  { a: 1, b: "x" },
  { a: 2, c: true },
]);
console.group("group");
console.log("inside\ntwo lines");
console.groupEnd();
console.log("outside");
console.count();
console.count();
console.assert(values.length > 0, "not shown");
console.dir({ a: { b: { c: {} } } }, { depth: 0 });
console.log(await util.promisify((x, done) => done(null, x * 2))(21));
