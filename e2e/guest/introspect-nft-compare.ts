/** Holds nftables against `nft -j list ruleset` (libnftables-json(5)); see introspect-compare.ts for what counts as equal. */
import type { NftChain } from "../../lib/protocol/kernel-network.ts";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { Ledger } from "./introspect-compare.ts";
import type { WorldRecord } from "./introspect-world-oracle.ts";

interface Named {
  readonly family: string;
  readonly table: string;
}

interface TellsChain extends Named {
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly prio?: number;
  readonly policy?: string;
}

interface TellsRule extends Named {
  readonly chain: string;
  readonly handle: number;
  readonly expr: readonly Statement[];
}

interface TellsMap extends Named {
  readonly name: string;
  readonly elem?: readonly Element[];
}

type Element = readonly [key: Value, data: Value];
type Value = number | string | { readonly concat: readonly Value[] };
type Lookup = { readonly map: { readonly key: unknown; readonly data: string | { readonly set: readonly Element[] } } };
type Statement = {
  readonly masquerade?: unknown;
  readonly match?: { readonly left: { readonly payload?: { readonly field?: string } }; readonly right: Value };
  readonly dnat?: { readonly addr: Value | Lookup; readonly port?: number };
};
type Told = { readonly chain?: TellsChain; readonly rule?: TellsRule; readonly map?: TellsMap };

export function compareNftables(
  ledger: Ledger,
  before: KernelSnapshot,
  record: WorldRecord,
  after: KernelSnapshot,
): void {
  for (const [namespace, text] of record.each("nft")) {
    const told: readonly Told[] = text.trim() === "" ? [] : JSON.parse(text).nftables;
    const maps = new Map(told.flatMap(({ map }) => (map ? [[`${placeOf(map)} @${map.name}`, map.elem ?? []]] : [])));
    const lines = told.flatMap(({ chain }) => (chain ? [chainTold(chain, told, maps)] : []));
    const seen = ({ nftChains }: KernelSnapshot): string =>
      nftChains.flatMap((chain) => (chain.namespace === namespace ? [chainSeen(chain)] : [])).join("\n");
    ledger.hold(`nftables of ${namespace}`, lines.join("\n"), seen(before), seen(after));
  }
}

const placeOf = ({ family, table }: Named): string => `${family} ${table}`;

function chainTold(chain: TellsChain, told: readonly Told[], maps: ReadonlyMap<string, readonly Element[]>): string {
  const { type = null, hook = null, prio = null, policy = null } = chain;
  const own = told.flatMap(({ rule }) =>
    rule && placeOf(rule) === placeOf(chain) && rule.chain === chain.name ? [rule] : [],
  );
  const rules = own.map((rule) => {
    const masquerade = rule.expr.some((statement) => "masquerade" in statement);
    return `  ${rule.handle} ${masquerade} ${dnatTold(rule, maps).join()}`;
  });
  return [`${placeOf(chain)} ${chain.name} ${type} ${hook} ${prio} ${policy}`, ...rules].join("\n");
}

/** "8080 -> 10.0.0.2:80", by port. */
function dnatTold({ expr, ...place }: TellsRule, maps: ReadonlyMap<string, readonly Element[]>): readonly string[] {
  const dnat = expr.find((statement) => statement.dnat)?.dnat;
  const matched = expr.find(({ match }) => match?.left.payload?.field === "dport")?.match?.right;
  if (!dnat) return [];
  if (typeof dnat.addr === "string") return matched === undefined ? [] : [entry(matched, dnat.addr, dnat.port)];
  const lookup = dnat.addr as Lookup;
  const { data } = lookup.map;
  const elements = typeof data === "string" ? (maps.get(`${placeOf(place)} ${data}`) ?? []) : data.set;
  const entries = elements.map(([key, value]) => {
    const [address, port] = parts(value);
    // Of a key of address and port, the port comes last here.
    return { port: Number(parts(key).at(-1)), text: entry(parts(key).at(-1) ?? 0, String(address), port ?? dnat.port) };
  });
  return entries.sort((one, other) => one.port - other.port).map(({ text }) => text);
}

const parts = (value: Value): readonly Value[] => (typeof value === "object" ? value.concat : [value]);
const entry = (port: Value, address: string, toPort: Value | undefined): string =>
  `${port} -> ${address}:${toPort ?? port}`;

function chainSeen(chain: NftChain): string {
  const rules = chain.rules.map(({ handle, masquerade, dnat }) => {
    const entries = dnat.map(({ port, toAddress, toPort }) => `${port} -> ${toAddress}:${toPort}`);
    return `  ${handle} ${masquerade} ${entries.join()}`;
  });
  const { type, hook, priority, policy } = chain;
  return [`${chain.family} ${chain.table} ${chain.chain} ${type} ${hook} ${priority} ${policy}`, ...rules].join("\n");
}
