/**
 * One nftables rule: its expressions one after the other (struct nft_rule, nft_expr), and what they come to where the rule
 * translates addresses. A destination NAT takes address and port from registers, which immediates or a map have filled; the port that
 * it matches is the transport header's destination port, which a payload expression has loaded to be compared or looked up.
 */
import type { NftRule } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { dotted, portOf } from "./ipv4.ts";
import { type MapElement, NftMapReader } from "./nft-maps.ts";

const MAX_EXPRESSIONS = 64;
const NAME_BYTES = 32;
const DESTINATION_PORT = { offset: 2, bytes: 2 };
/** NF_NAT_MANIP_DST: the manip type is the byte after the four registers. */
const DNAT = 1;

interface Found {
  readonly immediates: Map<number, number>;
  portRegister: number | null;
  port: number | null;
  lookup: { readonly set: number; readonly from: number; readonly to: number } | null;
  dnat: { readonly address: number; readonly proto: number } | null;
}

/** A register is a word (NFT_REG32_SIZE). */
const REGISTER_BYTES = 4;
const NONE: NftRule["dnat"] = [];

export class NftRuleReader {
  private readonly fields;

  readonly maps: NftMapReader;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.maps = new NftMapReader(layout, memory);
    this.fields = fieldsOf(layout, {
      node: "sizeof(list_head)",
      data: "nft_rule.data",
      ops: "nft_expr.ops",
      exprData: "nft_expr.data",
      size: "nft_expr_ops.size",
      type: "nft_expr_ops.type",
      typeName: "nft_expr_type.name",
      immediateData: "nft_immediate_expr.data",
      immediateReg: "nft_immediate_expr.dreg",
      cmpData: "nft_cmp_fast_expr.data",
      cmpReg: "nft_cmp_fast_expr.sreg",
      payloadOffset: "nft_payload.offset",
      payloadLength: "nft_payload.len",
      payloadReg: "nft_payload.dreg",
      transport: "NFT_PAYLOAD_TRANSPORT_HEADER",
      natAddress: "nft_nat.sreg_addr_min",
      natProto: "nft_nat.sreg_proto_min",
      lookupSet: "nft_lookup.set",
      lookupFrom: "nft_lookup.sreg",
      lookupTo: "nft_lookup.dreg",
    });
  }

  read(memory: GuestMemory, rule: number): NftRule {
    const { fields } = this;
    // The bit field after the list node: handle (42 bits), genmask (2), dlen (12), udata.
    const low = memory.u32(rule + fields.node);
    const high = memory.u32(rule + fields.node + 4);
    const length = (high >>> 12) & 0xfff;
    const expressions: string[] = [];
    const found: Found = { immediates: new Map(), portRegister: null, port: null, lookup: null, dnat: null };
    for (let at = 0; at < length && expressions.length < MAX_EXPRESSIONS; ) {
      const expression = rule + fields.data + at;
      const ops = memory.pointer(expression + fields.ops);
      const size = ops === 0 ? 0 : memory.u32(ops + fields.size);
      const type = ops === 0 ? 0 : memory.pointer(ops + fields.type);
      const name = type === 0 ? 0 : memory.bytePointer(type + fields.typeName);
      if (size === 0 || size > length || name === 0) break;
      const text = memory.text(name, NAME_BYTES);
      expressions.push(text);
      this.note(memory, text, expression + fields.exprData, found);
      at += size;
    }
    return {
      handle: (high & 0x3ff) * 2 ** 32 + low,
      expressions,
      dnat: this.dnatOf(memory, found),
      masquerade: expressions.includes("masq"),
    };
  }

  private note(memory: GuestMemory, name: string, at: number, found: Found): void {
    const { fields } = this;
    if (name === "immediate")
      found.immediates.set(memory.u8(at + fields.immediateReg), memory.u32(at + fields.immediateData));
    else if (name === "payload") {
      const isPort =
        memory.u8(at) === fields.transport &&
        memory.u8(at + fields.payloadOffset) === DESTINATION_PORT.offset &&
        memory.u8(at + fields.payloadLength) === DESTINATION_PORT.bytes;
      const register = memory.u8(at + fields.payloadReg);
      if (isPort) found.portRegister = register;
      else if (found.portRegister === register) found.portRegister = null;
    } else if (name === "cmp" && found.portRegister === memory.u8(at + fields.cmpReg))
      found.port = portOf(memory.u16(at + fields.cmpData));
    else if (name === "lookup")
      found.lookup = {
        set: memory.pointer(at + fields.lookupSet),
        from: memory.u8(at + fields.lookupFrom),
        to: memory.u8(at + fields.lookupTo),
      };
    else if (name === "nat" && memory.u8(at + fields.natProto + 2) === DNAT)
      found.dnat = { address: memory.u8(at + fields.natAddress), proto: memory.u8(at + fields.natProto) };
  }

  private dnatOf(memory: GuestMemory, found: Found): NftRule["dnat"] {
    const { dnat, lookup } = found;
    if (!dnat) return NONE;
    const inMap = lookup && lookup.set !== 0 ? this.maps.dataBytes(memory, lookup.set) / REGISTER_BYTES : 0;
    const isMapped = (register: number): boolean =>
      lookup !== null && register >= lookup.to && register < lookup.to + inMap;
    if (!lookup || !(isMapped(dnat.address) || isMapped(dnat.proto))) return this.entryOf(memory, found, null);
    const entries = this.maps.elements(memory, lookup.set).flatMap((element) => this.entryOf(memory, found, element));
    return entries.sort((one, other) => one.port - other.port);
  }

  /** With the registers as they are for one element of the map, or without one. */
  private entryOf(memory: GuestMemory, found: Found, element: MapElement | null): NftRule["dnat"] {
    const { dnat, lookup, immediates } = found;
    if (!dnat) return NONE;
    const held = (register: number): number | undefined => {
      const index = element && lookup ? register - lookup.to : -1;
      const mapped = element !== null && lookup !== null && index >= 0;
      if (mapped && index * REGISTER_BYTES < this.maps.dataBytes(memory, lookup.set))
        return memory.i32(element.data + index * REGISTER_BYTES);
      return immediates.get(register);
    };
    const port = this.matchedPort(memory, found, element);
    const address = held(dnat.address);
    if (port === null || address === undefined) return NONE;
    const proto = dnat.proto === 0 ? undefined : held(dnat.proto);
    return [{ port, toAddress: dotted(address), toPort: proto === undefined ? port : portOf(proto & 0xffff) }];
  }

  /** The port that the packet must be for: part of the map's key, else what the rule compared. */
  private matchedPort(
    memory: GuestMemory,
    { port, portRegister, lookup }: Found,
    element: MapElement | null,
  ): number | null {
    if (!element || !lookup || portRegister === null) return port;
    const at = (portRegister - lookup.from) * REGISTER_BYTES;
    const isInKey = at >= 0 && at < this.maps.keyBytes(memory, lookup.set);
    return isInKey ? portOf(memory.u16(element.key + at)) : port;
  }
}
