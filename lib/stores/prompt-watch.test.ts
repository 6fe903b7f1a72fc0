import { expect, test } from "vitest";
import { watchPrompt } from "./prompt-watch.ts";
import { createTerminalHub } from "./terminal-hub.ts";

const PROMPT = "\u001b]133;A\u0007\u001b[36mhost:~#\u001b[0m ";

function watched() {
  const hub = createTerminalHub();
  const watch = watchPrompt(hub, "hvc0");
  const print = (text: string): void => hub.publish("hvc0", new TextEncoder().encode(text));
  print(PROMPT);
  watch.mark();
  return { watch, print };
}

test("a prompt that is drawn anew is not the one after the command", () => {
  const { watch, print } = watched();
  print(`\r${PROMPT}`);
  expect(watch.prompt()).toBe("none");
  print("sleep 9\r\n");
  expect(watch.prompt()).toBe("none");
  print(PROMPT);
  expect(watch.prompt()).toBe("marked");
});

test("a shell without marks, and output that only looks like a prompt", () => {
  const { watch, print } = watched();
  print("sh\r\n");
  print("/ # ");
  expect(watch.prompt()).toBe("likely");
  print("ls\r\nbin etc\r\n");
  expect(watch.prompt()).toBe("none");
});
