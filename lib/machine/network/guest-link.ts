/**
 * The page's end of the guest's network adapter: a cable with two ends, 10.0.2.2 here and 10.0.2.15 there, and nothing
 * behind. It answers ARP and opens connections into the guest; the guest has no route to anywhere else, so what it tries
 * to reach outside fails at once with "Network is unreachable", and nothing of it ever makes this browser connect.
 */
import { ACK, arpFrame, GUEST_ADDRESS, PAGE_ADDRESS, parseFrame, RST, type Segment, SYN, tcpFrame } from "./packets.ts";
import { TcpConnection, type TcpEvents } from "./tcp-connection.ts";

const FIRST_PORT = 49_152;
const LAST_PORT = 65_535;
const ARP_AGAIN_MS = 300;

export interface GuestLink {
  /** A frame that the guest has sent. */
  receive(frame: Uint8Array): void;
  connect(port: number, events: TcpEvents): TcpConnection;
  end(): void;
}

export function createGuestLink(send: (frame: Uint8Array) => void): GuestLink {
  const connections = new Map<number, TcpConnection>();
  const waiting = new Set<TcpConnection>();
  let guestMac: Uint8Array | null = null;
  let nextPort = FIRST_PORT;
  let arpTimer: ReturnType<typeof setInterval> | undefined;

  const sendSegment = (segment: Segment, mss: number | null): void => {
    if (guestMac) send(tcpFrame(guestMac, segment, mss));
  };

  const askForMac = (): void => {
    if (arpTimer !== undefined) return;
    send(arpFrame("request", null));
    arpTimer = setInterval(() => send(arpFrame("request", null)), ARP_AGAIN_MS);
  };

  const learn = (mac: Uint8Array): void => {
    guestMac = mac;
    clearInterval(arpTimer);
    arpTimer = undefined;
    for (const connection of waiting) connection.open();
    waiting.clear();
  };

  const freePort = (): number => {
    while (connections.has(nextPort)) nextPort = nextPort === LAST_PORT ? FIRST_PORT : nextPort + 1;
    const port = nextPort;
    nextPort = nextPort === LAST_PORT ? FIRST_PORT : nextPort + 1;
    return port;
  };

  /** Nobody listens here. */
  const refuse = ({ sourcePort, destinationPort, seq, ack, flags, data }: Segment): void => {
    if (flags & RST) return;
    const size = data.length + (flags & SYN ? 1 : 0);
    const answer = { sourcePort: destinationPort, destinationPort: sourcePort, window: 0, data: new Uint8Array() };
    if (flags & ACK) sendSegment({ ...answer, seq: ack, ack: 0, flags: RST }, null);
    else sendSegment({ ...answer, seq: 0, ack: (seq + size) >>> 0, flags: RST | ACK }, null);
  };

  return {
    receive(frame) {
      const packet = parseFrame(frame);
      if (packet?.type === "arp") {
        const { operation, senderMac, senderAddress, targetAddress } = packet.arp;
        if (senderAddress !== GUEST_ADDRESS || targetAddress !== PAGE_ADDRESS) return;
        learn(senderMac);
        if (operation === "request") send(arpFrame("reply", senderMac));
      } else if (packet) {
        const connection = connections.get(packet.segment.destinationPort);
        if (connection?.remotePort === packet.segment.sourcePort) connection.receive(packet.segment);
        else refuse(packet.segment);
      }
    },
    connect(port, events) {
      const local = freePort();
      const isn = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
      const connection = new TcpConnection({ local, remote: port }, isn, sendSegment, events, () => {
        connections.delete(local);
        waiting.delete(connection);
      });
      connections.set(local, connection);
      waiting.add(connection);
      // a restored guest may have another address of its card than the one before
      if (guestMac) learn(guestMac);
      else askForMac();
      return connection;
    },
    end() {
      clearInterval(arpTimer);
      for (const connection of [...connections.values()]) connection.abort();
    },
  };
}
