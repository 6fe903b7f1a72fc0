import { expect, test } from "vitest";
import { createTerminalPort } from "./terminal-port.ts";

test("a paste enters in pieces, whole and in order", () => {
  const sent: Uint8Array[] = [];
  const port = createTerminalPort((data) => sent.push(data));
  const paste = Uint8Array.from({ length: 3_000 }, (_, index) => index % 251);
  port.queueInput(paste);
  while (port.pumpInput()) expect(sent.at(-1)?.length).toBeLessThanOrEqual(512);
  expect(Uint8Array.from(sent.flatMap((chunk) => [...chunk]))).toEqual(paste);
  expect(port.pumpInput()).toBe(false);
});

test("a paste without end is cut at the bound", () => {
  let sentBytes = 0;
  const port = createTerminalPort((data) => {
    sentBytes += data.length;
  });
  for (let i = 0; i < 40; i++) port.queueInput(new Uint8Array(65_536));
  while (port.pumpInput());
  expect(sentBytes).toBe(1_048_576);
});

test("output between two takes arrives together", () => {
  const port = createTerminalPort(() => {});
  port.collectOutput(Uint8Array.of(1, 2));
  port.collectOutput(Uint8Array.of(3));
  expect(port.takeOutput()).toEqual(Uint8Array.of(1, 2, 3));
  expect(port.takeOutput()).toBeNull();
});
