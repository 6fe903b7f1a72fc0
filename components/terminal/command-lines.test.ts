import { expect, test } from "vitest";
import { enteredOf } from "./command-lines.ts";

test("what follows a prompt is a command; empty lines and those given up are none", () => {
  const lines = [
    "host:~# docker ps",
    "host:~# ",
    "host:/var/lib/box# sleep 9^C",
    "web:/srv$ echo '# $ x'",
    "no prompt",
  ];
  expect(enteredOf(lines)).toEqual(["docker ps", "echo '# $ x'"]);
});

test("a line that was completed further is one command", () => {
  expect(enteredOf(["host:~# dock", "host:~# docker im", "host:~# docker images", "host:~# ps", "host:~# ps"])).toEqual(
    ["docker images", "ps"],
  );
});
