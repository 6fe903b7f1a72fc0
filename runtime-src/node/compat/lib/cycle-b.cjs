// biome-ignore lint/suspicious/noImportCycles: what require() does with a cycle is the subject
exports.sawA = require("./cycle-a.cjs").done;
