/**
 * nftables as nft list ruleset begins it (include/net/netfilter/nf_tables.h): tables and chains of each network namespace, base
 * chains with their hook, and of the rules what they do to addresses: destination NAT (published ports) and masquerading.
 */
import type { NftChain, NftRule } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkList } from "./guest-memory.ts";
import { JoinedLists } from "./joined-lists.ts";
import type { NetNamespacePlace } from "./net-devices.ts";
import { NftRuleReader } from "./nft-rules.ts";
import { sameJson } from "./same.ts";

const MAX_TABLES = 256;
const MAX_CHAINS = 1_024;
/** In all of a namespace. */
const MAX_RULES = 4_096;
const NAME_BYTES = 256;
const MAX_GENERIC = 256;

const FAMILIES: Readonly<Record<number, string>> = {
  1: "inet",
  2: "ip",
  3: "arp",
  5: "netdev",
  7: "bridge",
  10: "ip6",
};
/** NF_INET_*; a netdev chain has ingress and egress instead. */
const HOOKS = ["prerouting", "input", "forward", "output", "postrouting", "ingress"] as const;
const NF_ACCEPT = 1;

/**
 * A namespace's chains, and the words that they were read from: base_seq, which counts transactions, is raised before their
 * changes are in place.
 */
interface KnownChains {
  readonly inode: number;
  readonly words: Words;
  readonly chains: readonly NftChain[];
}

export class NftablesReader {
  private readonly fields;
  private readonly netId: number;
  private readonly rules: NftRuleReader;
  private rulesLeft = 0;
  private readonly joined = new JoinedLists<NftChain>();
  private known: ReadonlyMap<number, KnownChains> = new Map();

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.rules = new NftRuleReader(layout, memory);
    this.netId = memory.offsetOf(symbolOf(layout, "nf_tables_net_id"));
    this.fields = fieldsOf(layout, {
      generic: "net.gen",
      tables: "nftables_pernet.tables",
      tableNode: "nft_table.list",
      tableChains: "nft_table.chains",
      tableUse: "nft_table.use",
      tableName: "nft_table.name",
      chainNode: "nft_chain.list",
      chainRules: "nft_chain.rules",
      chainUse: "nft_chain.use",
      chainName: "nft_chain.name",
      base: "nft_base_chain.chain",
      hooknum: "nft_base_chain.ops.hooknum",
      priority: "nft_base_chain.ops.priority",
      type: "nft_base_chain.type",
      policy: "nft_base_chain.policy",
      typeName: "nft_chain_type.name",
      ruleNode: "nft_rule.list",
      baseFlag: "NFT_CHAIN_BASE",
    });
  }

  read(memory: GuestMemory, namespaces: readonly NetNamespacePlace[]): readonly NftChain[] {
    const next = new Map<number, KnownChains>();
    for (const { at, inode } of namespaces) next.set(at, this.knownOf(memory, at, inode));
    this.known = next;
    return this.joined.of([...next.values()].map(({ chains }) => chains));
  }

  private knownOf(memory: GuestMemory, net: number, inode: number): KnownChains {
    const former = this.known.get(net);
    if (former?.inode === inode && memory.holds(former.words)) return former;
    memory.record();
    const pernet = this.pernet(memory, net);
    const read = pernet === 0 ? [] : this.chainsOf(memory, pernet, inode);
    const words = memory.recorded(NO_WORDS);
    return { inode, words, chains: former && sameJson(former.chains, read) ? former.chains : read };
  }

  /** net_generic(): the subsystem's own data of the namespace. */
  private pernet(memory: GuestMemory, net: number): number {
    const generic = memory.pointer(net + this.fields.generic);
    const id = memory.u32(this.netId);
    return generic === 0 || id >= MAX_GENERIC ? 0 : memory.pointer(generic + 4 * id);
  }

  private chainsOf(memory: GuestMemory, pernet: number, namespace: number): NftChain[] {
    const { fields } = this;
    const chains: NftChain[] = [];
    this.rulesLeft = MAX_RULES;
    this.rules.sets.begin();
    walkList(memory, pernet + fields.tables, MAX_TABLES, (node) => {
      const table = node - fields.tableNode;
      const name = this.nameAt(memory, table + fields.tableName);
      // struct nft_table: family, flags and genmask share the half word after `use`.
      const family = FAMILIES[memory.u16(table + fields.tableUse + 4) & 0x3f] ?? "unspec";
      walkList(memory, table + fields.tableChains, MAX_CHAINS, (chainNode) => {
        const chain = chainNode - fields.chainNode;
        if (chains.length >= MAX_CHAINS) return false;
        chains.push({
          namespace,
          family,
          table: name,
          chain: this.nameAt(memory, chain + fields.chainName),
          ...this.baseOf(memory, chain, family),
          rules: this.rulesOf(memory, chain),
        });
        return true;
      });
      return true;
    });
    return chains;
  }

  private baseOf(
    memory: GuestMemory,
    chain: number,
    family: string,
  ): Pick<NftChain, "type" | "hook" | "priority" | "policy"> {
    const { fields } = this;
    // struct nft_chain: flags are the lower five bits of the byte after `use`.
    if ((memory.u8(chain + fields.chainUse + 4) & fields.baseFlag) === 0)
      return { type: null, hook: null, priority: null, policy: null };
    const base = chain - fields.base;
    const type = memory.pointer(base + fields.type);
    const hooknum = memory.u32(base + fields.hooknum);
    return {
      type: type === 0 ? null : this.nameAt(memory, type + fields.typeName),
      hook: (family === "netdev" ? ["ingress", "egress"][hooknum] : HOOKS[hooknum]) ?? null,
      priority: memory.i32(base + fields.priority),
      policy: memory.u8(base + fields.policy) === NF_ACCEPT ? "accept" : "drop",
    };
  }

  private rulesOf(memory: GuestMemory, chain: number): NftRule[] {
    const rules: NftRule[] = [];
    walkList(memory, chain + this.fields.chainRules, MAX_RULES, (node) => {
      rules.push(this.rules.read(memory, node - this.fields.ruleNode));
      return --this.rulesLeft > 0;
    });
    return rules;
  }

  private nameAt(memory: GuestMemory, at: number): string {
    const text = memory.bytePointer(at);
    return text === 0 ? "" : memory.text(text, NAME_BYTES);
  }
}
