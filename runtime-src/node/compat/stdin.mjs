import readline from "node:readline";

process.stdin.setEncoding("utf8");
const lines = readline.createInterface({ input: process.stdin });
for await (const line of lines) console.log("line:", line);
console.log("end", process.stdin.isTTY);
