/**
 * One nftables rule: its expressions one after the other (struct nft_rule, nft_expr), and what they come to where the rule
 * translates addresses. A destination NAT takes address and port from registers, which immediates have filled; the port that it
 * matches is compared after a payload expression loaded the transport header's destination port.
 */
import type { NftRule } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { dotted, portOf } from "./ipv4.ts";

const MAX_EXPRESSIONS = 64;
const NAME_BYTES = 32;
const DESTINATION_PORT = { offset: 2, bytes: 2 };
/** NF_NAT_MANIP_DST: the manip type is the byte after the four registers. */
const DNAT = 1;

interface Found {
  readonly immediates: Map<number, number>;
  portRegister: number | null;
  port: number | null;
  dnat: { readonly address: number; readonly proto: number } | null;
}

export class NftRuleReader {
  private readonly fields;

  constructor(layout: KernelLayout) {
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
    });
  }

  read(memory: GuestMemory, rule: number): NftRule {
    const { fields } = this;
    // The bit field after the list node: handle (42 bits), genmask (2), dlen (12), udata.
    const low = memory.u32(rule + fields.node);
    const high = memory.u32(rule + fields.node + 4);
    const length = (high >>> 12) & 0xfff;
    const expressions: string[] = [];
    const found: Found = { immediates: new Map(), portRegister: null, port: null, dnat: null };
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
      dnat: this.dnatOf(found),
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
      found.portRegister = isPort ? memory.u8(at + fields.payloadReg) : null;
    } else if (name === "cmp" && found.portRegister === memory.u8(at + fields.cmpReg))
      found.port = portOf(memory.u16(at + fields.cmpData));
    else if (name === "nat" && memory.u8(at + fields.natProto + 2) === DNAT)
      found.dnat = { address: memory.u8(at + fields.natAddress), proto: memory.u8(at + fields.natProto) };
  }

  private dnatOf({ dnat, port, immediates }: Found): NftRule["dnat"] {
    if (!dnat || port === null) return null;
    const address = immediates.get(dnat.address);
    if (address === undefined) return null;
    const proto = immediates.get(dnat.proto);
    return { port, toAddress: dotted(address), toPort: proto === undefined ? port : portOf(proto & 0xffff) };
  }
}
