/**
 * The IPv4 routes of each network namespace's main table, as ip route prints them (net/ipv4/fib_trie.c): the trie's leaves in the
 * order of their keys, each with its aliases.
 *
 * Order: after all network namespaces have been registered.
 */
import type { Route } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkHlist } from "./guest-memory.ts";
import { dotted } from "./ipv4.ts";
import { JoinedLists } from "./joined-lists.ts";
import type { NetNamespacePlace } from "./net-devices.ts";
import { sameJson } from "./same.ts";

const MAX_ROUTES = 1_024;
/** A trie of 32-bit keys. */
const MAX_DEPTH = 33;
const MAX_BITS = 16;
const MAX_TABLES = 64;
/** Children looked at in one table: a trie with as many routes as are read has fewer. */
const MAX_CHILDREN = 16_384;
const KEY_BITS = 32;

/** A namespace's routes, and the words that they were read from: fib_seq is raised before the table is changed. */
interface KnownRoutes {
  readonly inode: number;
  readonly words: Words;
  readonly routes: readonly Route[];
}

export class RouteReader {
  private readonly fields;
  private childrenLeft = 0;
  private readonly joined = new JoinedLists<Route>();
  private known: ReadonlyMap<number, KnownRoutes> = new Map();

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      tables: "net.ipv4.fib_table_hash",
      buckets: "FIB_TABLE_HASHSZ",
      main: "RT_TABLE_MAIN",
      tableNode: "fib_table.tb_hlist",
      tableId: "fib_table.tb_id",
      tableData: "fib_table.tb_data",
      key: "key_vector.key",
      pos: "key_vector.pos",
      bits: "key_vector.bits",
      leaf: "key_vector.leaf",
      tnode: "key_vector.tnode",
      aliasNode: "fib_alias.fa_list",
      aliasInfo: "fib_alias.fa_info",
      aliasType: "fib_alias.fa_type",
      aliasLength: "fib_alias.fa_slen",
      aliasTable: "fib_alias.tb_id",
      hops: "fib_info.fib_nhs",
      source: "fib_info.fib_prefsrc",
      firstHop: "fib_info.fib_nh",
      oif: "fib_nh.nh_common.nhc_oif",
      gatewayFamily: "fib_nh.nh_common.nhc_gw_family",
      gateway: "fib_nh.nh_common.nhc_gw",
      unicast: "RTN_UNICAST",
      inet: "AF_INET",
    });
  }

  read(memory: GuestMemory, namespaces: readonly NetNamespacePlace[]): readonly Route[] {
    const next = new Map<number, KnownRoutes>();
    for (const { at, inode } of namespaces) next.set(at, this.knownOf(memory, at, inode));
    this.known = next;
    return this.joined.of([...next.values()].map(({ routes }) => routes));
  }

  private knownOf(memory: GuestMemory, net: number, inode: number): KnownRoutes {
    const former = this.known.get(net);
    if (former?.inode === inode && memory.holds(former.words)) return former;
    memory.record();
    const read = this.routesOf(memory, net, inode);
    const words = memory.recorded(NO_WORDS);
    return { inode, words, routes: former && sameJson(former.routes, read) ? former.routes : read };
  }

  private routesOf(memory: GuestMemory, net: number, namespace: number): Route[] {
    const { fields } = this;
    const routes: Route[] = [];
    this.childrenLeft = MAX_CHILDREN;
    const hash = memory.pointer(net + fields.tables);
    if (hash === 0) return routes;
    walkHlist(memory, hash + 4 * (fields.main & (fields.buckets - 1)), MAX_TABLES, (node) => {
      const table = node - fields.tableNode;
      if (memory.u32(table + fields.tableId) !== fields.main) return true;
      const trie = memory.pointer(table + fields.tableData);
      // The trie's head is a node with one child (struct trie).
      const top = trie === 0 ? 0 : memory.pointer(trie + fields.tnode);
      if (top !== 0) this.enter(memory, top, namespace, routes, 0);
      return true;
    });
    return routes;
  }

  private enter(memory: GuestMemory, node: number, namespace: number, routes: Route[], depth: number): void {
    const { fields } = this;
    if (depth > MAX_DEPTH || routes.length >= MAX_ROUTES) return;
    const bits = memory.u8(node + fields.bits);
    if (memory.u8(node + fields.pos) === 0 && bits === 0) {
      const key = memory.u32(node + fields.key);
      walkHlist(memory, node + fields.leaf, MAX_ROUTES, (alias) => {
        const route = this.routeOf(memory, alias - fields.aliasNode, key, namespace);
        if (route && routes.length < MAX_ROUTES) routes.push(route);
        return true;
      });
      return;
    }
    if (bits > MAX_BITS) return;
    for (let index = 0; index < 1 << bits && --this.childrenLeft > 0; index++) {
      const child = memory.pointer(node + fields.tnode + 4 * index);
      if (child !== 0) this.enter(memory, child, namespace, routes, depth + 1);
    }
  }

  /** `key` is the destination in host order. */
  private routeOf(memory: GuestMemory, alias: number, key: number, namespace: number): Route | null {
    const { fields } = this;
    const info = memory.pointer(alias + fields.aliasInfo);
    const isMain = memory.u32(alias + fields.aliasTable) === fields.main;
    if (info === 0 || !isMain || memory.u8(alias + fields.aliasType) !== fields.unicast) return null;
    const prefix = KEY_BITS - memory.u8(alias + fields.aliasLength);
    const bytes = [key >>> 24, (key >>> 16) & 0xff, (key >>> 8) & 0xff, key & 0xff].join(".");
    const hop = memory.i32(info + fields.hops) > 0 ? info + fields.firstHop : 0;
    const source = memory.u32(info + fields.source);
    const viaGateway = hop !== 0 && memory.u8(hop + fields.gatewayFamily) === fields.inet;
    return {
      namespace,
      destination: key === 0 && prefix === 0 ? "default" : prefix === KEY_BITS ? bytes : `${bytes}/${prefix}`,
      gateway: viaGateway ? dotted(memory.u32(hop + fields.gateway)) : null,
      device: hop === 0 ? null : memory.i32(hop + fields.oif) || null,
      source: source === 0 ? null : dotted(source),
    };
  }
}
