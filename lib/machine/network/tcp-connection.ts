/**
 * One TCP connection from the page into the guest (RFC 9293, the side that opens). Frames cross a function call, so none
 * is lost or reordered but where the guest has no buffer for it: what is sent is sent again until it is acknowledged, what
 * comes out of order is left to the guest to send again. No options but the segment size.
 */
import { ACK, FIN, PSH, RST, type Segment, SYN } from "./packets.ts";

const WINDOW = 65_535;
export const MSS = 1460;
const RESEND_MS = 400;

export interface TcpEvents {
  onOpen(): void;
  onData(data: Uint8Array): void;
  /** "refused": before it was open; "reset": afterwards; "end": the guest has sent all it had. */
  onEnd(how: "refused" | "reset" | "end"): void;
}

type State = "syn-sent" | "open" | "closed";

/** Distance of sequence numbers, which wrap. */
const after = (a: number, b: number): number => (a - b) | 0;

export class TcpConnection {
  readonly localPort: number;
  readonly remotePort: number;
  readonly #send: (segment: Segment, mss: number | null) => void;
  readonly #events: TcpEvents;
  readonly #onClosed: () => void;
  #state: State = "syn-sent";
  #sendNext: number;
  #unacknowledged: { readonly seq: number; readonly flags: number; readonly data: Uint8Array }[] = [];
  #receiveNext = 0;
  #queue: Uint8Array[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    ports: { readonly local: number; readonly remote: number },
    isn: number,
    send: (segment: Segment, mss: number | null) => void,
    events: TcpEvents,
    onClosed: () => void = () => {},
  ) {
    this.localPort = ports.local;
    this.remotePort = ports.remote;
    this.#send = send;
    this.#events = events;
    this.#onClosed = onClosed;
    this.#sendNext = isn >>> 0;
  }

  open(): void {
    this.#transmit(SYN, new Uint8Array());
    this.#timer = setInterval(() => this.#resend(), RESEND_MS);
  }

  write(data: Uint8Array): void {
    if (this.#state === "syn-sent") this.#queue.push(data);
    else if (this.#state === "open") this.#segments(data);
  }

  receive({ seq, ack, flags, data }: Segment): void {
    if (this.#state === "closed") return;
    if (flags & RST) {
      this.#end(this.#state === "syn-sent" ? "refused" : "reset");
      return;
    }
    if (this.#state === "syn-sent") {
      if ((flags & (SYN | ACK)) !== (SYN | ACK) || ack !== this.#sendNext) return;
      this.#acknowledged(ack);
      this.#receiveNext = (seq + 1) >>> 0;
      this.#state = "open";
      this.#emit(ACK, new Uint8Array());
      this.#events.onOpen();
      for (const piece of this.#queue.splice(0)) this.#segments(piece);
      return;
    }
    if (flags & ACK) this.#acknowledged(ack);
    this.#take(seq, flags, data);
  }

  #take(seq: number, flags: number, data: Uint8Array): void {
    if (data.length === 0 && !(flags & FIN)) return;
    const known = after(this.#receiveNext, seq);
    const isNext = known >= 0 && known <= data.length;
    if (isNext && known < data.length) {
      this.#receiveNext = (this.#receiveNext + data.length - known) >>> 0;
      this.#events.onData(data.subarray(known));
      // who takes the data may have had enough
      if ((this.#state as State) === "closed") return;
    }
    if (isNext && flags & FIN) {
      this.#receiveNext = (this.#receiveNext + 1) >>> 0;
      this.#emit(ACK, new Uint8Array());
      this.#transmit(FIN | ACK, new Uint8Array());
      this.#end("end");
      return;
    }
    this.#emit(ACK, new Uint8Array());
  }

  /** Drops it: the guest hears a reset. */
  abort(): void {
    if (this.#state === "closed") return;
    this.#emit(RST | ACK, new Uint8Array());
    this.#close();
  }

  #segments(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += MSS) this.#transmit(PSH | ACK, data.subarray(at, at + MSS));
  }

  #transmit(flags: number, data: Uint8Array): void {
    this.#unacknowledged.push({ seq: this.#sendNext, flags, data });
    const seq = this.#sendNext;
    this.#sendNext = (seq + data.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    this.#emit(flags, data, seq);
  }

  #emit(flags: number, data: Uint8Array, seq = this.#sendNext): void {
    const segment: Segment = {
      sourcePort: this.localPort,
      destinationPort: this.remotePort,
      seq,
      ack: flags & ACK ? this.#receiveNext : 0,
      flags,
      window: WINDOW,
      data,
    };
    this.#send(segment, flags & SYN ? MSS : null);
  }

  #acknowledged(ack: number): void {
    this.#unacknowledged = this.#unacknowledged.filter(({ seq, flags, data }) => {
      const end = (seq + data.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
      return after(ack, end) < 0;
    });
  }

  #resend(): void {
    for (const { seq, flags, data } of this.#unacknowledged) this.#emit(flags, data, seq);
  }

  #end(how: "refused" | "reset" | "end"): void {
    this.#close();
    this.#events.onEnd(how);
  }

  #close(): void {
    this.#state = "closed";
    clearInterval(this.#timer);
    this.#onClosed();
  }
}
