import { expect, test } from "vitest";
import { recordingLinux, systemError } from "../linux/recording.ts";
import { startSink, startSource } from "./pump.ts";

const SOURCE = 50;
const SINK = 51;

test("a sink that is full holds the source up until it has room", () => {
  const { linux, fire, answer, of } = recordingLinux();
  const told: boolean[] = [];
  const sink = startSink(linux, SINK, (full) => told.push(full));
  answer("write", () => {
    throw Object.assign(systemError("EAGAIN", "write"), { written: 2 });
  });
  sink.write(Buffer.from("hello"));
  expect(told).toEqual([true]);
  answer("write", () => 3);
  fire("onWritable", SINK);
  expect(of("write").at(-1)?.args[1]).toEqual(Buffer.from("llo"));
  expect(told).toEqual([true, false]);
  let closed = 0;
  sink.end(() => closed++);
  expect(closed).toBe(1);
});

test("a sink that nobody reads stops the source for good", () => {
  const { linux, answer } = recordingLinux();
  const told: boolean[] = [];
  const sink = startSink(linux, SINK, (full) => told.push(full));
  answer("write", () => {
    throw systemError("EPIPE", "write");
  });
  sink.write(Buffer.from("x"));
  expect(told).toEqual([true]);
  sink.write(Buffer.from("y"));
  let closed = 0;
  sink.end(() => closed++);
  expect(closed).toBe(1);
});

test("a source passes chunks on, rests while it is paused, and ends once", () => {
  const { linux, fire, answer, of } = recordingLinux();
  const taken: string[] = [];
  let ends = 0;
  const source = startSource(
    linux,
    SOURCE,
    (data) => taken.push(Buffer.from(data).toString()),
    () => ends++,
  );
  answer("read", () => Buffer.from("one"));
  fire("onReadable", SOURCE);
  source.pause();
  source.resume();
  expect(of("onReadable")).toHaveLength(2);
  answer("read", () => new Uint8Array());
  fire("onReadable", SOURCE);
  expect([taken, ends]).toEqual([["one"], 1]);
});
