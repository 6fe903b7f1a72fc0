/**
 * One nftables rule: its expressions one after the other (struct nft_rule, nft_expr), and what they come to where the rule
 * translates addresses. A destination NAT takes address and port from registers, which immediates or a map have filled; the ports that
 * it matches are the transport header's destination port, which a payload expression has loaded to be compared or looked up.
 */
import type { NftDnat, NftRule } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { dotted, portOf } from "./ipv4.ts";
import type { SetElement } from "./nft-intervals.ts";
import { HIGHEST_PORT, narrowed, type PortRange } from "./nft-ports.ts";
import { NftSetReader } from "./nft-sets.ts";

const MAX_EXPRESSIONS = 64;
/** Of one rule: each port of a set with each element of a map can be one. */
const MAX_ENTRIES = 2_048;
const NAME_BYTES = 32;
const DESTINATION_PORT = { offset: 2, bytes: 2 };
/** NF_NAT_MANIP_DST: the manip type is the byte after the four registers. */
const DNAT = 1;

interface Found {
  readonly immediates: Map<number, number>;
  portRegister: number | null;
  ports: readonly PortRange[] | null;
  map: { readonly set: number; readonly from: number; readonly to: number } | null;
  dnat: { readonly address: number; readonly proto: number; readonly lastProto: number } | null;
}

/** A register is a word (NFT_REG32_SIZE). */
const REGISTER_BYTES = 4;
const NONE: NftRule["dnat"] = [];

export class NftRuleReader {
  private readonly fields;

  readonly sets: NftSetReader;
  private readonly fastCompare: number;
  private readonly compare: number;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.sets = new NftSetReader(layout, memory);
    this.fastCompare = memory.offsetOf(symbolOf(layout, "nft_cmp_fast_ops"));
    this.compare = memory.offsetOf(symbolOf(layout, "nft_cmp_ops"));
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
      fastData: "nft_cmp_fast_expr.data",
      fastReg: "nft_cmp_fast_expr.sreg",
      fastInverted: "nft_cmp_fast_expr.inv",
      cmpData: "nft_cmp_expr.data",
      cmpReg: "nft_cmp_expr.sreg",
      cmpLength: "nft_cmp_expr.len",
      equal: "NFT_CMP_EQ",
      below: "NFT_CMP_LT",
      atMost: "NFT_CMP_LTE",
      above: "NFT_CMP_GT",
      atLeast: "NFT_CMP_GTE",
      rangeFrom: "nft_range_expr.data_from",
      rangeTo: "nft_range_expr.data_to",
      rangeReg: "nft_range_expr.sreg",
      rangeLength: "nft_range_expr.len",
      inRange: "NFT_RANGE_EQ",
      payloadOffset: "nft_payload.offset",
      payloadLength: "nft_payload.len",
      payloadReg: "nft_payload.dreg",
      transport: "NFT_PAYLOAD_TRANSPORT_HEADER",
      natAddress: "nft_nat.sreg_addr_min",
      natProto: "nft_nat.sreg_proto_min",
      natLastProto: "nft_nat.sreg_proto_max",
      lookupSet: "nft_lookup.set",
      lookupFrom: "nft_lookup.sreg",
      lookupTo: "nft_lookup.dreg",
      lookupInverted: "nft_lookup.invert",
    });
  }

  read(memory: GuestMemory, rule: number): NftRule {
    const { fields } = this;
    // The bit field after the list node: handle (42 bits), genmask (2), dlen (12), udata.
    const low = memory.u32(rule + fields.node);
    const high = memory.u32(rule + fields.node + 4);
    const length = (high >>> 12) & 0xfff;
    const expressions: string[] = [];
    const found: Found = { immediates: new Map(), portRegister: null, ports: null, map: null, dnat: null };
    for (let at = 0; at < length && expressions.length < MAX_EXPRESSIONS; ) {
      const expression = rule + fields.data + at;
      const ops = memory.pointer(expression + fields.ops);
      const size = ops === 0 ? 0 : memory.u32(ops + fields.size);
      const type = ops === 0 ? 0 : memory.pointer(ops + fields.type);
      const name = type === 0 ? 0 : memory.bytePointer(type + fields.typeName);
      if (size === 0 || size > length || name === 0) break;
      const text = memory.text(name, NAME_BYTES);
      expressions.push(text);
      this.note(memory, text, ops, expression + fields.exprData, found);
      at += size;
    }
    return {
      handle: (high & 0x3ff) * 2 ** 32 + low,
      expressions,
      dnat: this.dnatOf(memory, found),
      masquerade: expressions.includes("masq"),
    };
  }

  private note(memory: GuestMemory, name: string, ops: number, at: number, found: Found): void {
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
    } else if (name === "cmp" || name === "range") {
      const range = name === "cmp" ? this.comparedPorts(memory, ops, at, found) : this.rangeOfPorts(memory, at, found);
      if (range) found.ports = narrowed(found.ports, [range]);
    } else if (name === "lookup") this.noteLookup(memory, at, found);
    else if (name === "nat" && memory.u8(at + fields.natProto + 2) === DNAT)
      found.dnat = {
        address: memory.u8(at + fields.natAddress),
        proto: memory.u8(at + fields.natProto),
        lastProto: memory.u8(at + fields.natLastProto),
      };
  }

  /** The operator is the byte after the length; null for what is no comparison of the port, or none that leaves one range. */
  private comparedPorts(memory: GuestMemory, ops: number, at: number, { portRegister }: Found): PortRange | null {
    const { fields } = this;
    if (ops === this.fastCompare) {
      if (memory.u8(at + fields.fastReg) !== portRegister || memory.u8(at + fields.fastInverted) !== 0) return null;
      const port = portOf(memory.u16(at + fields.fastData));
      return { first: port, last: port };
    }
    if (ops !== this.compare || memory.u8(at + fields.cmpReg) !== portRegister) return null;
    const port = portOf(memory.u16(at + fields.cmpData));
    const operator = memory.u8(at + fields.cmpLength + 1);
    if (operator === fields.equal) return { first: port, last: port };
    if (operator === fields.below) return { first: 0, last: port - 1 };
    if (operator === fields.atMost) return { first: 0, last: port };
    if (operator === fields.above) return { first: port + 1, last: HIGHEST_PORT };
    return operator === fields.atLeast ? { first: port, last: HIGHEST_PORT } : null;
  }

  private rangeOfPorts(memory: GuestMemory, at: number, { portRegister }: Found): PortRange | null {
    const { fields } = this;
    const isPort = memory.u8(at + fields.rangeReg) === portRegister;
    if (!isPort || memory.u8(at + fields.rangeLength + 1) !== fields.inRange) return null;
    return { first: portOf(memory.u16(at + fields.rangeFrom)), last: portOf(memory.u16(at + fields.rangeTo)) };
  }

  /** A set narrows the ports; a map, which has data, is remembered for the translation that takes its address from it. */
  private noteLookup(memory: GuestMemory, at: number, found: Found): void {
    const { fields, sets } = this;
    const set = memory.pointer(at + fields.lookupSet);
    const from = memory.u8(at + fields.lookupFrom);
    if (set === 0 || memory.u8(at + fields.lookupInverted) !== 0) return;
    if (sets.dataBytes(memory, set) > 0) {
      found.map = { set, from, to: memory.u8(at + fields.lookupTo) };
      return;
    }
    const offset = this.portInKey(memory, set, from, found);
    if (offset === null) return;
    const ports = sets.elements(memory, set).map((element) => sets.portsOf(memory, element, offset));
    found.ports = narrowed(found.ports, ports);
  }

  /** Where the port stands in the keys of a set that is looked up with the registers from `from` on. */
  private portInKey(memory: GuestMemory, set: number, from: number, { portRegister }: Found): number | null {
    if (portRegister === null) return null;
    const offset = (portRegister - from) * REGISTER_BYTES;
    return offset >= 0 && offset < this.sets.keyBytes(memory, set) ? offset : null;
  }

  private dnatOf(memory: GuestMemory, found: Found): NftRule["dnat"] {
    const { dnat, map } = found;
    if (!dnat) return NONE;
    const inMap = map ? this.sets.dataBytes(memory, map.set) / REGISTER_BYTES : 0;
    const isMapped = (register: number): boolean => map !== null && register >= map.to && register < map.to + inMap;
    const elements =
      map && (isMapped(dnat.address) || isMapped(dnat.proto)) ? this.sets.elements(memory, map.set) : [null];
    const entries: NftDnat[] = [];
    for (const element of elements) {
      entries.push(...this.entriesOf(memory, found, element));
      if (entries.length > MAX_ENTRIES) break;
    }
    return entries.sort((one, other) => one.port - other.port).slice(0, MAX_ENTRIES);
  }

  /** With the registers as they are for one element of the map, or without one. */
  private entriesOf(memory: GuestMemory, found: Found, element: SetElement | null): NftRule["dnat"] {
    const { dnat, map, immediates } = found;
    if (!dnat) return NONE;
    const held = (register: number): number | undefined => {
      const index = element && map ? register - map.to : -1;
      const mapped = element !== null && map !== null && index >= 0;
      if (mapped && index * REGISTER_BYTES < this.sets.dataBytes(memory, map.set))
        return memory.i32(element.data + index * REGISTER_BYTES);
      return immediates.get(register);
    };
    const address = held(dnat.address);
    const ports = this.matchedPorts(memory, found, element);
    if (address === undefined || !ports) return NONE;
    const portIn = (register: number): number | null => {
      const proto = register === 0 ? undefined : held(register);
      return proto === undefined ? null : portOf(proto & 0xffff);
    };
    const toPort = portIn(dnat.proto);
    const toLastPort = portIn(dnat.lastProto) ?? toPort;
    return ports.map(({ first, last }) => ({
      port: first,
      lastPort: last,
      toAddress: dotted(address),
      toPort: toPort ?? first,
      toLastPort: toLastPort ?? last,
    }));
  }

  /** The ports that the packet must be for: those of the map's key where it has them, among those that the rule compared. */
  private matchedPorts(memory: GuestMemory, found: Found, element: SetElement | null): readonly PortRange[] | null {
    const { map, ports } = found;
    const offset = element && map ? this.portInKey(memory, map.set, map.from, found) : null;
    return element && offset !== null ? narrowed(ports, [this.sets.portsOf(memory, element, offset)]) : ports;
  }
}
