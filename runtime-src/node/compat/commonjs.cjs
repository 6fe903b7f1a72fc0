const fs = require("node:fs");
const path = require("node:path");
const own = require("./lib/own.cjs");
const again = require("./lib/own.cjs");
console.log(
  own.value,
  own === again,
  path.basename(__filename),
  path.basename(__dirname),
  module.exports === exports,
  this === exports,
);
console.log(require("./lib/data.json"), typeof fs.readFileSync, require.main === module, require.resolve("fs"));
try {
  require("./nope");
} catch (error) {
  console.log(error.code, error.message.split("\n")[0].replace(/'.*'/, "X"));
}
try {
  require("no-such-package");
} catch (error) {
  console.log(error.code);
}
console.log(require("./lib/cycle-a.cjs").done);
const { EventEmitter } = require("node:events");
console.log(new EventEmitter() instanceof require("node:events"));
import("./lib/own.mjs").then((found) => console.log(found.default, found.named, found.url));
