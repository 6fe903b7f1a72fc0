exports.done = false;
// biome-ignore lint/suspicious/noImportCycles: what require() does with a cycle is the subject
const b = require("./cycle-b.cjs");
exports.done = b.sawA === false;
