import fs from "node:fs";
import net from "node:net";
import os from "node:os";

const path = `${fs.mkdtempSync(`${os.tmpdir()}/net-`)}/sock`;
const server = net.createServer((socket) => {
  socket.on("data", (chunk) => socket.write(String(chunk).toUpperCase()));
  socket.on("end", () => console.log("server: end"));
  socket.on("close", () => console.log("server: close"));
});
await new Promise((resolve) => server.listen(path, resolve));
console.log(server.listening, server.address() === path);
const socket = net.connect(path);
socket.setEncoding("utf8");
socket.on("connect", () => socket.write("hello"));
await new Promise((resolve) =>
  socket.on("data", (text) => {
    console.log("client:", text);
    resolve();
  }),
);
socket.end();
await new Promise((resolve) => socket.on("close", resolve));
await new Promise((resolve) => server.close(resolve));
console.log(fs.existsSync(path));
const second = net.createServer().listen("/no/such/folder/sock");
second.on("error", (error) => console.log(error.code));
