import { expect, test } from "vitest";
import { encodeFrame, frameDecoder } from "./attach-frames.ts";

test("frames come out whole, however they are cut", () => {
  const bytes = Buffer.concat([
    encodeFrame("o", Buffer.from("hello")),
    encodeFrame("d"),
    encodeFrame("x", Buffer.from("3")),
  ]);
  for (let size = 1; size <= bytes.length; size++) {
    const found: string[] = [];
    const push = frameDecoder((kind, data) => found.push(kind + Buffer.from(data).toString()));
    for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
    expect(found).toEqual(["ohello", "d", "x3"]);
  }
});

test("what is no frame is refused", () => {
  const push = frameDecoder(() => {});
  expect(() => push(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow("attach: a frame of");
});
