import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ACK_TIMEOUT_MS, MAX_LINE_BYTES } from "../protocol/agent.ts";
import { type AgentClient, createAgentClient } from "./agent-client.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const FIRST_SEQ = 1_000;

/** The guest's side as the protocol describes it; `loses` decides which lines find no buffer. */
function guest(loses: (line: string, count: number) => boolean = () => false) {
  const requests: unknown[] = [];
  let lastSeq = 0;
  let fragments = { id: 0, text: "" };
  let count = 0;
  const client: AgentClient = createAgentClient((data) => {
    const line = new TextDecoder().decode(data);
    if (loses(line, count++)) return;
    const match = /^Q (\d+) (\d+) ([01]) (.*)\n$/.exec(line);
    if (!match) throw new Error(`not a frame: ${line}`);
    const [seq, id] = [Number(match[1]), Number(match[2])];
    if (seq > lastSeq) {
      lastSeq = seq;
      fragments = { id, text: (fragments.id === id ? fragments.text : "") + match[4] };
      if (match[3] === "0") requests.push(JSON.parse(fragments.text));
    }
    client.receive(encode(`K ${seq}\n`));
  }, FIRST_SEQ);
  return { client, requests };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a request is one line, and its answer comes back by id", async () => {
  const { client, requests } = guest();
  const answer = client.ask("hello", { version: 1 }, 1_000);
  expect(requests).toEqual([{ v: 1, id: 1, method: "hello", params: { version: 1 } }]);
  client.receive(encode('A 1 {"ok":true,"result":{"version":1}}\n'));
  expect(await answer).toEqual({ id: 1, ok: true, result: { version: 1 } });
});

test("a refusal comes back with code and message", async () => {
  const { client } = guest();
  const answer = client.ask("kill", { pid: 9, signal: "KILL" }, 1_000);
  client.receive(encode('A 1 {"ok":false,"code":"ESRCH","message":"kill(2) 9: ESRCH"}\n'));
  expect(await answer).toEqual({ id: 1, ok: false, code: "ESRCH", message: "kill(2) 9: ESRCH" });
});

test("a long request goes in fragments that fit, ASCII only", () => {
  const lines: string[] = [];
  const { client, requests } = guest((line) => lines.push(line) < 0);
  const command = `echo ${"한글 ".repeat(2_000)}`;
  void client.ask("shell", { command }, 1_000);
  expect(requests).toEqual([expect.objectContaining({ params: { command } })]);
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]*\n$/);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(MAX_LINE_BYTES);
});

test("a line that found no buffer is sent again, and taken once", async () => {
  const { client, requests } = guest((_, count) => count < 2);
  void client.ask("list", {}, 60_000);
  expect(requests).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 2);
  expect(requests).toHaveLength(1);
});

test("a lost acknowledgement does not make the request twice", async () => {
  const { client, requests } = guest();
  const receive = client.receive;
  client.receive = () => {};
  void client.ask("list", {}, 60_000);
  client.receive = receive;
  await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS * 3);
  expect(requests).toHaveLength(1);
});

test("without an answer a request ends with TIMEOUT, and the next one still goes out", async () => {
  const { client, requests } = guest((_, count) => count === 0);
  const first = client.ask("list", {}, 500);
  await vi.advanceTimersByTimeAsync(500);
  expect(await first).toMatchObject({ ok: false, code: "TIMEOUT" });
  void client.ask("hello", { version: 1 }, 5_000);
  await vi.advanceTimersByTimeAsync(ACK_TIMEOUT_MS);
  expect(requests).toEqual([expect.objectContaining({ method: "hello" })]);
});

test("closing ends what is open, and what comes later", async () => {
  const { client } = guest();
  const open = client.ask("list", {}, 60_000);
  client.close();
  expect(await open).toMatchObject({ ok: false, code: "GUEST_GONE" });
  expect(await client.ask("list", {}, 60_000)).toMatchObject({ ok: false, code: "GUEST_GONE" });
});

describe("what a hostile guest sends is ignored and counted", () => {
  test.each([
    "K 1", // acknowledges nothing that is on its way
    "K 99999999999999999999",
    'A 77 {"ok":true}',
    "A 1 {",
    "A 1 null",
    'A 1 {"ok":false,"code":7,"message":"x"}',
    'A 1 {"ok":"true"}',
    "\u0000\u001b[2J",
    "",
  ])("%j", async (line) => {
    const { client } = guest();
    const answer = client.ask("list", {}, 1_000);
    client.receive(encode(`${line}\n`));
    expect(client.ignored()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await answer).toMatchObject({ ok: false, code: "TIMEOUT" });
  });

  test("random bytes throw nothing", () => {
    const { client } = guest();
    void client.ask("list", {}, 1_000);
    let seed = 1;
    for (let round = 0; round < 200; round++) {
      const noise = new Uint8Array(257);
      for (let i = 0; i < noise.length; i++) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        noise[i] = seed >>> 16;
      }
      client.receive(noise);
    }
  });
});
