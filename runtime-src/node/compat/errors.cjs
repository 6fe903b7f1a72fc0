process.on("exit", (code) => console.log("exit", code));
setTimeout(() => Promise.reject(new RangeError("nobody catches this")), 1);
