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

interface TellsSet extends Named {
  readonly name: string;
  readonly elem?: readonly Value[];
}

type Element = readonly [key: Value, data: Value];
type Value =
  | (number | string)
  | { readonly concat: readonly Value[] }
  | { readonly range: readonly [first: Value, last: Value] }
  | { readonly set: readonly Value[] };
type Lookup = { readonly map: { readonly key: unknown; readonly data: string | { readonly set: readonly Element[] } } };
type Match = {
  readonly op: string;
  readonly left: { readonly payload?: { readonly field?: string } };
  readonly right: Value;
};
type Statement = {
  readonly masquerade?: unknown;
  readonly match?: Match;
  readonly dnat?: { readonly addr: Value | Lookup; readonly port?: Value };
};
type Told = {
  readonly chain?: TellsChain;
  readonly rule?: TellsRule;
  readonly map?: TellsMap;
  readonly set?: TellsSet;
};

/** What the names of a table stand for. */
interface Collections {
  readonly maps: ReadonlyMap<string, readonly Element[]>;
  readonly sets: ReadonlyMap<string, readonly Value[]>;
}

export function compareNftables(
  ledger: Ledger,
  before: KernelSnapshot,
  record: WorldRecord,
  after: KernelSnapshot,
): void {
  for (const [namespace, text] of record.each("nft")) {
    const told: readonly Told[] = text.trim() === "" ? [] : JSON.parse(text).nftables;
    const named: Collections = {
      maps: new Map(told.flatMap(({ map }) => (map ? [[`${placeOf(map)} @${map.name}`, map.elem ?? []]] : []))),
      sets: new Map(told.flatMap(({ set }) => (set ? [[`${placeOf(set)} @${set.name}`, set.elem ?? []]] : []))),
    };
    const lines = told.flatMap(({ chain }) => (chain ? [chainTold(chain, told, named)] : []));
    const seen = ({ nftChains }: KernelSnapshot): string =>
      nftChains.flatMap((chain) => (chain.namespace === namespace ? [chainSeen(chain)] : [])).join("\n");
    ledger.hold(`nftables of ${namespace}`, lines.join("\n"), seen(before), seen(after));
  }
}

const placeOf = ({ family, table }: Named): string => `${family} ${table}`;

function chainTold(chain: TellsChain, told: readonly Told[], named: Collections): string {
  const { type = null, hook = null, prio = null, policy = null } = chain;
  const own = told.flatMap(({ rule }) =>
    rule && placeOf(rule) === placeOf(chain) && rule.chain === chain.name ? [rule] : [],
  );
  const rules = own.map((rule) => {
    const masquerade = rule.expr.some((statement) => "masquerade" in statement);
    return `  ${rule.handle} ${masquerade} ${dnatTold(rule, named).join()}`;
  });
  return [`${placeOf(chain)} ${chain.name} ${type} ${hook} ${prio} ${policy}`, ...rules].join("\n");
}

/** "8080 -> 10.0.0.2:80", "8000-8010 -> 10.0.0.2:8000-8010", by port. */
function dnatTold({ expr, ...place }: TellsRule, { maps, sets }: Collections): readonly string[] {
  const dnat = expr.find((statement) => statement.dnat)?.dnat;
  const matched = matchedPorts(expr);
  if (!dnat) return [];
  if (typeof dnat.addr === "string") {
    const found = typeof matched === "string" ? (sets.get(`${placeOf(place)} ${matched}`) ?? []) : membersOf(matched);
    return sorted(found.map((ports) => ({ ports, address: dnat.addr as string, to: dnat.port })));
  }
  const lookup = dnat.addr as Lookup;
  const { data } = lookup.map;
  const elements = typeof data === "string" ? (maps.get(`${placeOf(place)} ${data}`) ?? []) : data.set;
  return sorted(
    elements.map(([key, value]) => {
      const [address, port] = parts(value);
      // Of a key of address and port, the port comes last here.
      return { ports: parts(key).at(-1) ?? 0, address: String(address), to: port ?? dnat.port };
    }),
  );
}

/** What stands behind "dport", or the range that comparisons leave. */
function matchedPorts(expr: readonly Statement[]): Value | undefined {
  const matches = expr.flatMap(({ match }) => (match?.left.payload?.field === "dport" ? [match] : []));
  const equal = matches.find(({ op }) => op === "==");
  if (equal) return equal.right;
  const bound = (sign: "<" | ">", step: number): number | undefined => {
    const found = matches.find(({ op }) => op.startsWith(sign));
    return found && Number(found.right) + (found.op === sign ? step : 0);
  };
  const [first, last] = [bound(">", 1), bound("<", -1)];
  return first === undefined && last === undefined ? undefined : { range: [first ?? 0, last ?? 65_535] };
}

interface Entry {
  readonly ports: Value;
  readonly address: string;
  readonly to: Value | undefined;
}

const sorted = (entries: readonly Entry[]): readonly string[] =>
  [...entries]
    .sort((one, other) => ends(one.ports)[0] - ends(other.ports)[0])
    .map(({ ports, address, to }) => `${span(ends(ports))} -> ${address}:${span(ends(to ?? ports))}`);

function membersOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return typeof value === "object" && "set" in value ? value.set : [value];
}

const parts = (value: Value): readonly Value[] =>
  typeof value === "object" && "concat" in value ? value.concat : [value];

function ends(value: Value): readonly [first: number, last: number] {
  if (typeof value === "object" && "range" in value) return [Number(value.range[0]), Number(value.range[1])];
  return [Number(value), Number(value)];
}

const span = ([first, last]: readonly [first: number, last: number]): string =>
  first === last ? String(first) : `${first}-${last}`;

function chainSeen(chain: NftChain): string {
  const rules = chain.rules.map(({ handle, masquerade, dnat }) => {
    const entries = dnat.map(
      ({ port, lastPort, toAddress, toPort, toLastPort }) =>
        `${span([port, lastPort])} -> ${toAddress}:${span([toPort, toLastPort])}`,
    );
    return `  ${handle} ${masquerade} ${entries.join()}`;
  });
  const { type, hook, priority, policy } = chain;
  return [`${chain.family} ${chain.table} ${chain.chain} ${type} ${hook} ${priority} ${policy}`, ...rules].join("\n");
}
