/**
 * nf_tables over netlink: messages of linux/netfilter/nf_tables.h, whose numbers are big endian. A batch (begin, messages,
 * end) is done whole or not at all. Registers: NFT_REG32_00 + n are four bytes each, NFT_REG_1 covers the first four.
 */
import {
  type Attribute,
  decodeAttributes,
  encodeRequest,
  NLM_F_APPEND,
  NLM_F_CREATE,
  NLM_F_EXCL,
  type Received,
} from "./netlink.ts";

const NFNL_SUBSYS_NFTABLES = 10;
const NFNL_MSG_BATCH_BEGIN = 0x10;
const NFNL_MSG_BATCH_END = 0x11;
const NFPROTO_IPV4 = 2;

const NFT_MSG_NEWTABLE = 0;
const NFT_MSG_DELTABLE = 2;
const NFT_MSG_NEWCHAIN = 3;
const NFT_MSG_NEWRULE = 6;
const NFT_MSG_GETRULE = 7;
const NFT_MSG_DELRULE = 8;
const NFT_MSG_NEWSET = 9;
const NFT_MSG_NEWSETELEM = 12;
const NFT_MSG_DELSETELEM = 14;

const NFTA_LIST_ELEM = 1;
const NFTA_DATA_VALUE = 1;
const NFTA_DATA_VERDICT = 2;
const NFTA_VERDICT_CODE = 1;
const NFTA_VERDICT_CHAIN = 2;

/** struct nfgenmsg */
const generic = (family: number, resource: number): Uint8Array => new Uint8Array([family, 0, 0, resource]);

export function be32(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setInt32(0, value, false);
  return new Uint8Array(view.buffer);
}

const message = (type: number, flags: number, attributes: readonly Attribute[]): Uint8Array =>
  encodeRequest((NFNL_SUBSYS_NFTABLES << 8) | type, flags, generic(NFPROTO_IPV4, 0), attributes);

/** The acknowledgement is the last real message's; what frames it asks for none. */
export const batchBegin = (): Uint8Array =>
  encodeRequest(NFNL_MSG_BATCH_BEGIN, 0, generic(0, NFNL_SUBSYS_NFTABLES), []);
export const batchEnd = (): Uint8Array => encodeRequest(NFNL_MSG_BATCH_END, 0, generic(0, NFNL_SUBSYS_NFTABLES), []);

export const newTable = (name: string): Uint8Array => message(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, [[1, name]]);
export const deleteTable = (name: string): Uint8Array => message(NFT_MSG_DELTABLE, 0, [[1, name]]);

export interface Chain {
  readonly table: string;
  readonly name: string;
  /** null: only rules of other chains lead here. */
  readonly base: { readonly type: "nat" | "filter"; readonly hook: number; readonly priority: number } | null;
}

export const newChain = ({ table, name, base }: Chain): Uint8Array =>
  message(NFT_MSG_NEWCHAIN, NLM_F_CREATE, [
    [1, table],
    [3, name],
    ...(base
      ? ([
          [
            4,
            [
              [1, be32(base.hook)],
              [2, be32(base.priority)],
            ],
          ],
          [7, base.type],
        ] as const)
      : []),
  ]);

/** A match or an action of a rule: its name and its attributes. */
export type Expression = readonly [name: string, attributes: readonly Attribute[]];

export interface Rule {
  readonly table: string;
  readonly chain: string;
  readonly expressions: readonly Expression[];
  /** Before all others of the chain. */
  readonly first?: boolean;
  /** What nft(8) prints as its comment, and we find it by. */
  readonly comment?: string;
}

/** NFTNL_UDATA_RULE_COMMENT: type, length, text with its NUL. */
const commentData = (text: string): Uint8Array =>
  Uint8Array.from([0, text.length + 1, ...Array.from(text, (c) => c.charCodeAt(0)), 0]);

export const newRule = ({ table, chain, expressions, first, comment }: Rule): Uint8Array =>
  message(NFT_MSG_NEWRULE, NLM_F_CREATE | (first ? 0 : NLM_F_APPEND), [
    [1, table],
    [2, chain],
    [
      4,
      expressions.map(
        ([name, attributes]) =>
          [
            NFTA_LIST_ELEM,
            [
              [1, name],
              [2, attributes],
            ],
          ] as const,
      ),
    ],
    ...(comment === undefined ? [] : [[7, commentData(comment)] as const]),
  ]);

/** `handle` as the kernel gave it, eight bytes. */
export const deleteRule = (table: string, chain: string, handle: Uint8Array): Uint8Array =>
  message(NFT_MSG_DELRULE, 0, [
    [1, table],
    [2, chain],
    [3, handle],
  ]);

export interface ListedRule {
  readonly handle: Uint8Array;
  readonly comment: string;
}

/** From the answers to getRules. */
export function parseRules(answers: readonly Received[]): ListedRule[] {
  return answers.flatMap(({ body }) => {
    const attributes = decodeAttributes(body.subarray(4));
    const handle = attributes.get(3);
    const data = attributes.get(7) ?? new Uint8Array();
    const comment = data[0] === 0 ? String.fromCharCode(...data.subarray(2, 1 + (data[1] ?? 1))) : "";
    return handle ? [{ handle, comment }] : [];
  });
}

export interface SetShape {
  readonly table: string;
  readonly name: string;
  /** Within one batch, what a rule of the same batch names it by. */
  readonly id: number;
  readonly keyType: number;
  readonly keyBytes: number;
}

export const newSet = ({ table, name, id, keyType, keyBytes }: SetShape): Uint8Array =>
  message(NFT_MSG_NEWSET, NLM_F_CREATE, [
    [1, table],
    [2, name],
    [3, be32(0)],
    [4, be32(keyType)],
    [5, be32(keyBytes)],
    [10, be32(id)],
  ]);

const elementList = (table: string, set: string, keys: readonly Uint8Array[]): Attribute[] => [
  [1, table],
  [2, set],
  [3, keys.map((key) => [NFTA_LIST_ELEM, [[1, [[NFTA_DATA_VALUE, key]]]]] as const)],
];

export const addElements = (table: string, set: string, keys: readonly Uint8Array[]): Uint8Array =>
  message(NFT_MSG_NEWSETELEM, NLM_F_CREATE, elementList(table, set, keys));

export const deleteElements = (table: string, set: string, keys: readonly Uint8Array[]): Uint8Array =>
  message(NFT_MSG_DELSETELEM, 0, elementList(table, set, keys));

export const getRules = (table: string, chain: string): Uint8Array =>
  message(NFT_MSG_GETRULE, 0, [
    [1, table],
    [2, chain],
  ]);

// --- expressions; `register` is the number of a four-byte register ---
const NFT_REG32_00 = 8;
const NFT_REG_VERDICT = 0;
const reg = (register: number): Uint8Array => be32(NFT_REG32_00 + register);

export const META_IIFNAME = 6;
export const META_OIFNAME = 7;
export const META_L4PROTO = 16;
export const meta = (key: number, register: number): Expression => [
  "meta",
  [
    [1, reg(register)],
    [2, be32(key)],
  ],
];

export const CT_STATE = 0;
export const CT_STATUS = 2;
export const ct = (key: number, register: number): Expression => [
  "ct",
  [
    [1, reg(register)],
    [2, be32(key)],
  ],
];

const PAYLOAD_NETWORK = 1;
const PAYLOAD_TRANSPORT = 2;
const payload = (base: number, offset: number, size: number, register: number): Expression => [
  "payload",
  [
    [1, reg(register)],
    [2, be32(base)],
    [3, be32(offset)],
    [4, be32(size)],
  ],
];
export const destinationAddress = (register: number): Expression => payload(PAYLOAD_NETWORK, 16, 4, register);
export const destinationPort = (register: number): Expression => payload(PAYLOAD_TRANSPORT, 2, 2, register);

const FIB_RESULT_ADDRTYPE = 3;
export const FIB_SADDR = 1;
export const FIB_DADDR = 2;
/** rtnetlink(7) RTN_LOCAL, in the CPU's order as the kernel puts it. */
export const ADDRESS_IS_LOCAL = new Uint8Array([2, 0, 0, 0]);
export const addressType = (which: number, register: number): Expression => [
  "fib",
  [
    [1, reg(register)],
    [2, be32(FIB_RESULT_ADDRTYPE)],
    [3, be32(which)],
  ],
];

export const CMP_EQUAL = 0;
export const CMP_NOT = 1;
export const compare = (register: number, operator: number, value: Uint8Array): Expression => [
  "cmp",
  [
    [1, reg(register)],
    [2, be32(operator)],
    [3, [[NFTA_DATA_VALUE, value]]],
  ],
];

export const mask = (register: number, bits: Uint8Array): Expression => [
  "bitwise",
  [
    [1, reg(register)],
    [2, reg(register)],
    [3, be32(bits.length)],
    [4, [[NFTA_DATA_VALUE, bits]]],
    [5, [[NFTA_DATA_VALUE, new Uint8Array(bits.length)]]],
  ],
];

export const load = (register: number, value: Uint8Array): Expression => [
  "immediate",
  [
    [1, reg(register)],
    [2, [[NFTA_DATA_VALUE, value]]],
  ],
];

export const lookup = (set: string, id: number, register: number): Expression => [
  "lookup",
  [
    [1, set],
    [2, reg(register)],
    [4, be32(id)],
  ],
];

export const NF_DROP = 0;
export const NF_ACCEPT = 1;
export const verdict = (code: number): Expression => [
  "immediate",
  [
    [1, be32(NFT_REG_VERDICT)],
    [2, [[NFTA_DATA_VERDICT, [[NFTA_VERDICT_CODE, be32(code)]]]]],
  ],
];

const NFT_JUMP = -3;
export const jump = (chain: string): Expression => [
  "immediate",
  [
    [1, be32(NFT_REG_VERDICT)],
    [
      2,
      [
        [
          NFTA_DATA_VERDICT,
          [
            [NFTA_VERDICT_CODE, be32(NFT_JUMP)],
            [NFTA_VERDICT_CHAIN, chain],
          ],
        ],
      ],
    ],
  ],
];

const NFT_NAT_DNAT = 1;
/** Destination address and port from two registers. */
export const dnat = (address: number, port: number): Expression => [
  "nat",
  [
    [1, be32(NFT_NAT_DNAT)],
    [2, be32(NFPROTO_IPV4)],
    [3, reg(address)],
    [5, reg(port)],
  ],
];
export const masquerade: Expression = ["masq", []];
