import { expect, test } from "vitest";
import { addressOfPointer, encodeAnswer, encodeName, NXDOMAIN, parseQuestion, TYPE_A } from "./dns-message.ts";

const query = (name: string, type = TYPE_A) =>
  new Uint8Array([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...encodeName(name), 0, type, 0, 1]);

test("a question is read, its name in lower case", () => {
  expect(parseQuestion(query("Web.One"))).toEqual({ id: 0x1234, name: "web.one", type: 1, end: 25 });
});

test("what is no plain question is not answered", () => {
  const good = query("web");
  const bad = (change: (bytes: Uint8Array) => void) => {
    const bytes = Uint8Array.from(good);
    change(bytes);
    return parseQuestion(bytes);
  };
  expect(bad((bytes) => bytes.set([0x81], 2))).toBeNull();
  expect(bad((bytes) => bytes.set([2], 5))).toBeNull();
  expect(bad((bytes) => bytes.set([0xc0], 12))).toBeNull();
  expect(bad((bytes) => bytes.set([60], 12))).toBeNull();
  for (let size = 0; size < good.length; size++) expect(parseQuestion(good.subarray(0, size))).toBeNull();
});

test("an answer repeats the question and points at its name", () => {
  const message = query("web");
  const question = parseQuestion(message);
  if (!question) throw new Error("no question");
  const answer = encodeAnswer(message, question, 0, [{ type: TYPE_A, data: new Uint8Array([172, 18, 0, 2]) }]);
  expect(Buffer.from(answer).toString("hex")).toBe(
    "123481800001000100000000" + "0377656200" + "00010001" + "c00c00010001000002580004ac120002",
  );
  expect(encodeAnswer(message, question, NXDOMAIN, [])[3]).toBe(0x83);
  expect([addressOfPointer("2.0.18.172.in-addr.arpa"), addressOfPointer("x.arpa")]).toEqual(["172.18.0.2", null]);
});
