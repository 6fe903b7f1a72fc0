import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HttpRequest } from "../../protocol/http.ts";
import { createGuestLink } from "./guest-link.ts";
import { decodeChunked, httpGet, isPath } from "./http-get.ts";
import { ACK, FIN, GUEST_ADDRESS, PAGE_ADDRESS, RST, SYN } from "./packets.ts";

const GUEST_MAC = Uint8Array.of(0x00, 0x22, 0x15, 1, 2, 3);

interface Heard {
  readonly sourcePort: number;
  readonly port: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly text: string;
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function sum(bytes: Uint8Array, start: number): number {
  let total = start;
  for (let at = 0; at < bytes.length; at += 2) total += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

/** A guest of our own making: what it hears, read with its own eyes, and frames that it sends. */
function guestDouble() {
  const heard: Heard[] = [];
  let arpRequests = 0;
  const link = createGuestLink((frame) => {
    const type = view(frame).getUint16(12);
    if (type === 0x0806) {
      arpRequests++;
      return;
    }
    const ip = view(frame.subarray(14));
    const tcpBytes = ip.getUint16(2) - 20;
    const tcp = frame.subarray(34, 34 + tcpBytes);
    expect(sum(frame.subarray(14, 34), 0), "checksum of the IP header").toBe(0xffff);
    const pseudo = sum(frame.subarray(26, 34), 6 + tcpBytes);
    expect(sum(tcp, pseudo), "checksum of TCP").toBe(0xffff);
    const head = (tcp[12] ?? 0) >> 4;
    const text = new TextDecoder().decode(tcp.subarray(head * 4));
    const { getUint16, getUint32 } = DataView.prototype;
    const v = view(tcp);
    heard.push({
      sourcePort: getUint16.call(v, 0),
      port: getUint16.call(v, 2),
      seq: getUint32.call(v, 4),
      ack: getUint32.call(v, 8),
      flags: tcp[13] ?? 0,
      text,
    });
  });
  const arpReply = () => {
    const frame = new Uint8Array(60);
    frame.set(GUEST_MAC, 6);
    view(frame).setUint16(12, 0x0806);
    const body = view(frame.subarray(14));
    body.setUint16(0, 1);
    body.setUint16(2, 0x0800);
    body.setUint16(4, 0x0604);
    body.setUint16(6, 2);
    frame.set(GUEST_MAC, 22);
    body.setUint32(14, GUEST_ADDRESS);
    body.setUint32(24, PAGE_ADDRESS);
    link.receive(frame);
  };
  const tcp = (to: number, from: number, seq: number, ack: number, flags: number, text = "") => {
    const data = new TextEncoder().encode(text);
    const frame = new Uint8Array(54 + data.length);
    view(frame).setUint16(12, 0x0800);
    const ip = view(frame.subarray(14));
    frame[14] = 0x45;
    ip.setUint16(2, 40 + data.length);
    frame[23] = 6;
    ip.setUint32(12, GUEST_ADDRESS);
    ip.setUint32(16, PAGE_ADDRESS);
    const t = view(frame.subarray(34));
    t.setUint16(0, from);
    t.setUint16(2, to);
    t.setUint32(4, seq);
    t.setUint32(8, ack);
    frame[46] = 0x50;
    frame[47] = flags;
    frame.set(data, 54);
    link.receive(frame);
  };
  return { link, heard, arpReply, tcp, arpRequests: () => arpRequests };
}

const REQUEST: HttpRequest = { port: 8080, method: "GET", path: "/a?b", timeoutMs: 1000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("asks for the card's address, opens, sends the request, takes the answer, acknowledges", async () => {
  const { link, heard, arpReply, tcp, arpRequests } = guestDouble();
  const answer = httpGet(link, REQUEST);
  expect(arpRequests()).toBe(1);
  expect(heard).toEqual([]);
  arpReply();
  const [syn] = heard;
  expect(syn).toMatchObject({ port: 8080, flags: SYN });
  const local = syn?.sourcePort ?? 0;
  const first = ((syn?.seq ?? 0) + 1) >>> 0;
  tcp(local, 8080, 0xffff_fffe, first, SYN | ACK);
  expect(heard[2]?.text).toMatch(/^GET \/a\?b HTTP\/1\.1\r\nHost: localhost:8080\r\n[\s\S]*Connection: close\r\n\r\n$/);
  const asked = (first + (heard[2]?.text.length ?? 0)) >>> 0;
  // numbers wrap: 0xffffffff, then 17 bytes
  tcp(local, 8080, 0xffff_ffff, asked, ACK, "HTTP/1.1 200 OK\r\n");
  expect(heard.at(-1)).toMatchObject({ ack: 16, flags: ACK });
  tcp(local, 8080, 100, asked, ACK, "out of order");
  expect(heard.at(-1)).toMatchObject({ ack: 16 });
  tcp(local, 8080, 16, asked, ACK | FIN, "A: b\r\n\r\nhello");
  const got = await answer;
  expect(got).toMatchObject({ ok: true, status: 200, statusLine: "HTTP/1.1 200 OK", headers: [["A", "b"]] });
  expect(got.ok && new TextDecoder().decode(got.body)).toBe("hello");
});

test("nobody listens, nobody answers, nobody is there", async () => {
  const { link, heard, arpReply, tcp } = guestDouble();
  const silent = httpGet(link, REQUEST);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await silent).toMatchObject({ ok: false, reason: "unreachable" });
  const refused = httpGet(link, REQUEST);
  arpReply();
  tcp(heard[0]?.sourcePort ?? 0, 8080, 0, ((heard[0]?.seq ?? 0) + 1) >>> 0, RST | ACK);
  expect(await refused).toMatchObject({ ok: false, reason: "refused" });
});

test("what the guest opens towards the page is reset", () => {
  const { heard, arpReply, tcp } = guestDouble();
  arpReply();
  tcp(22, 4000, 7, 0, SYN);
  expect(heard).toMatchObject([{ port: 4000, ack: 8, flags: RST | ACK }]);
});

test("what got lost is sent again", async () => {
  const { link, heard, arpReply } = guestDouble();
  void httpGet(link, { ...REQUEST, timeoutMs: 1100 });
  arpReply();
  await vi.advanceTimersByTimeAsync(1000);
  expect(heard.map(({ flags }) => flags)).toEqual([SYN, SYN, SYN]);
  expect(new Set(heard.map(({ seq }) => seq)).size).toBe(1);
});

test("chunks, whole and cut short; no header through the path", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const text = (body: Uint8Array) => new TextDecoder().decode(body);
  const whole = decodeChunked(bytes("5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"));
  expect([text(whole.body), whole.whole]).toEqual(["hello world", true]);
  const cut = decodeChunked(bytes("5\r\nhello\r\nff\r\n wor"));
  expect([text(cut.body), cut.whole]).toEqual(["hello wor", false]);
  expect(["/", "/a b", "a", "/x\r\nY: z", "/%0d"].map(isPath)).toEqual([true, false, false, false, true]);
});
