/** util.inspect and util.format, with Node's layout: up to three innermost levels on one line, arrays of
 * more than six entries in columns, depth 2. */
import { groupEntries, plainLength } from "./inspect-columns.ts";
import { quote } from "./quote.ts";

export interface InspectOptions {
  depth?: number | null;
  colors?: boolean;
  compact?: number | boolean;
  breakLength?: number;
  maxArrayLength?: number | null;
  maxStringLength?: number | null;
  sorted?: boolean;
}

interface State {
  readonly depth: number;
  readonly colors: boolean;
  readonly breakLength: number;
  readonly compact: number;
  readonly maxArrayLength: number;
  readonly sorted: boolean;
  readonly seen: object[];
  readonly circular: Map<object, number>;
  indentation: number;
  /** Depth of the object formatted last: how many levels lie below the one being laid out. */
  lastDepth: number;
}

const COLORS: Readonly<Record<string, [number, number]>> = {
  number: [33, 39],
  bigint: [33, 39],
  boolean: [33, 39],
  string: [32, 39],
  symbol: [32, 39],
  undefined: [90, 39],
  null: [1, 22],
  special: [36, 39],
  date: [35, 39],
  regexp: [31, 39],
};

export const customInspect: symbol = Symbol.for("nodejs.util.inspect.custom");

function style(state: State, text: string, kind: string): string {
  const color = state.colors ? COLORS[kind] : undefined;
  return color ? `\x1b[${color[0]}m${text}\x1b[${color[1]}m` : text;
}

function primitive(state: State, value: unknown): string {
  if (typeof value === "string") return style(state, quote(value), "string");
  if (typeof value === "number") return style(state, Object.is(value, -0) ? "-0" : String(value), "number");
  if (typeof value === "bigint") return style(state, `${value}n`, "bigint");
  if (value === null) return style(state, "null", "null");
  return style(state, String(value), typeof value);
}

function constructorName(value: object): string | null {
  for (let at: object | null = value; at; at = Object.getPrototypeOf(at)) {
    const maker = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof maker === "function" && maker.name !== "") return maker.name;
  }
  return null;
}

/** "Foo ", "[Object: null prototype] ", "" for plain objects and arrays. */
function prefixOf(value: object, fallback: string, size?: number): string {
  const name = constructorName(value);
  const tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  const counted = size === undefined ? "" : `(${size})`;
  const tagged = typeof tag === "string" && tag !== "" && tag !== name ? `[${tag}] ` : "";
  if (name === null) return `[${fallback}${counted}: null prototype] ${tagged}`;
  if (name === fallback && tagged === "" && (fallback === "Object" || fallback === "Array")) return "";
  return `${name}${counted} ${tagged}`;
}

const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

function keyText(state: State, key: string | symbol): string {
  if (typeof key === "symbol") return `[${style(state, String(key), "symbol")}]`;
  return IDENTIFIER.test(key) ? key : style(state, quote(key), "string");
}

function property(state: State, value: object, key: string | symbol): string {
  const descriptor = Object.getOwnPropertyDescriptor(value, key) ?? { value: undefined, enumerable: true };
  const name = descriptor.enumerable === false ? `[${String(key)}]` : keyText(state, key);
  if (descriptor.get || descriptor.set) {
    const kind = descriptor.get ? (descriptor.set ? "Getter/Setter" : "Getter") : "Setter";
    return `${name}: ${style(state, `[${kind}]`, "special")}`;
  }
  state.indentation += 2;
  const text = formatValue(state, descriptor.value);
  state.indentation -= 2;
  return `${name}: ${text}`;
}

function keysOf(value: object, skipIndices: boolean): (string | symbol)[] {
  const names = Object.keys(value).filter((key) => !skipIndices || !/^(0|[1-9]\d*)$/.test(key));
  const symbols = Object.getOwnPropertySymbols(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
  return [...names, ...symbols];
}

function nested(state: State, value: unknown): string {
  state.indentation += 2;
  const text = formatValue(state, value);
  state.indentation -= 2;
  return text;
}

function remaining(count: number): string[] {
  return count > 0 ? [`... ${count} more item${count > 1 ? "s" : ""}`] : [];
}

function listEntries(state: State, list: ArrayLike<unknown>): string[] {
  const out: string[] = [];
  const shown = Math.min(list.length, state.maxArrayLength);
  for (let index = 0; index < shown; index++) {
    if (Object.hasOwn(list, index) || !Array.isArray(list)) {
      out.push(nested(state, list[index]));
      continue;
    }
    let holes = 1;
    while (index + holes < list.length && !Object.hasOwn(list, index + holes)) holes++;
    out.push(style(state, `<${holes} empty item${holes > 1 ? "s" : ""}>`, "undefined"));
    index += holes - 1;
  }
  return [...out, ...remaining(list.length - shown)];
}

interface Shape {
  prefix: string;
  open: string;
  close: string;
  entries: string[];
  isList: boolean;
}

function functionText(value: object): string {
  const { name } = value as { name?: unknown };
  const isClass = Function.prototype.toString.call(value).startsWith("class");
  const label = typeof name === "string" && name !== "" ? `: ${name}` : " (anonymous)";
  if (!isClass) return `[${constructorName(value) ?? "Function"}${label}]`;
  const parent = Object.getPrototypeOf(value)?.name;
  return `[class${label === " (anonymous)" ? label : label.slice(1)}${parent ? ` extends ${parent}` : ""}]`;
}

export function errorText(error: Error): string {
  const head = `${error.name}: ${error.message}`;
  const title = error.message === "" ? error.name : head;
  const stack = (error.stack ?? "").replace(/\n$/, "");
  if (stack === "") return `[${title}]`;
  return stack.startsWith(title) ? stack : `${title}\n${stack}`;
}

/** Objects whose whole text is one word before any properties. */
function baseText(state: State, value: object): string | null {
  if (typeof value === "function") return style(state, functionText(value), "special");
  if (value instanceof RegExp) return style(state, String(value), "regexp");
  if (value instanceof Date) {
    return style(state, Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString(), "date");
  }
  if (value instanceof Error) return errorText(value);
  if (value instanceof Promise) return null;
  for (const kind of [String, Number, Boolean]) {
    if (value instanceof kind) return style(state, `[${kind.name}: ${primitive(state, value.valueOf())}]`, "string");
  }
  return null;
}

function shapeOf(state: State, value: object): Shape {
  if (Array.isArray(value)) {
    const prefix = prefixOf(value, "Array", value.length);
    const shown = prefix === `Array(${value.length}) ` ? "" : prefix;
    return { prefix: shown, open: "[", close: "]", entries: listEntries(state, value), isList: true };
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const list = value as unknown as ArrayLike<unknown>;
    const prefix = prefixOf(value, constructorName(value) ?? "Uint8Array", list.length);
    return { prefix, open: "[", close: "]", entries: listEntries(state, list), isList: true };
  }
  if (value instanceof Set) {
    const entries = [...value].map((item) => nested(state, item));
    return { prefix: prefixOf(value, "Set", value.size), open: "{", close: "}", entries, isList: false };
  }
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `${nested(state, key)} => ${nested(state, item)}`);
    return { prefix: prefixOf(value, "Map", value.size), open: "{", close: "}", entries, isList: false };
  }
  return { prefix: prefixOf(value, "Object"), open: "{", close: "}", entries: [], isList: false };
}

function formatObject(state: State, value: object): string {
  const custom = (value as Record<symbol, unknown>)[customInspect];
  if (typeof custom === "function") {
    const made = custom.call(
      value,
      state.depth - state.seen.length,
      { depth: state.depth, colors: state.colors },
      inspect,
    );
    return typeof made === "string"
      ? made.replaceAll("\n", `\n${" ".repeat(state.indentation)}`)
      : formatValue(state, made);
  }
  if (state.seen.includes(value)) {
    if (!state.circular.has(value)) state.circular.set(value, state.circular.size + 1);
    return style(state, `[Circular *${state.circular.get(value)}]`, "special");
  }
  const base = baseText(state, value);
  const isList = Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof String;
  const own = keysOf(value, isList).filter((key) => !(value instanceof Error && isErrorField(key)));
  if (value instanceof Error && Object.hasOwn(value, "cause")) own.push("cause");
  if (base !== null && own.length === 0) return base;
  if (state.seen.length > state.depth && base === null && !isEmpty(value, own)) {
    const name = `${(constructorName(value) ?? "Object: null prototype").trim()}`;
    return style(state, `[${Array.isArray(value) ? "Array" : name}]`, "special");
  }
  return formatShape(state, value, base, own);
}

/** Empty ones are shown at any depth. */
function isEmpty(value: object, own: readonly unknown[]): boolean {
  if (own.length > 0) return false;
  if (value instanceof Map || value instanceof Set) return value.size === 0;
  return Array.isArray(value) || ArrayBuffer.isView(value)
    ? (value as unknown as ArrayLike<unknown>).length === 0
    : true;
}

function isErrorField(key: string | symbol): boolean {
  return ["stack", "message", "cause", "fileName", "lineNumber", "columnNumber"].includes(String(key));
}

function formatShape(state: State, value: object, base: string | null, own: (string | symbol)[]): string {
  const depth = state.seen.length;
  state.seen.push(value);
  state.lastDepth = depth;
  const shape: Shape =
    base === null ? shapeOf(state, value) : { prefix: `${base} `, open: "{", close: "}", entries: [], isList: false };
  if (state.sorted) own.sort();
  const entries = [...shape.entries, ...own.map((key) => property(state, value, key))];
  state.seen.pop();
  const mark = state.circular.get(value);
  const reference = mark === undefined ? "" : style(state, `<ref *${mark}> `, "special");
  const open = `${reference}${shape.prefix}${shape.open}`;
  if (entries.length === 0) return `${open}${shape.close}`;
  return layout(state, value, entries, open, shape, depth);
}

function layout(state: State, value: object, entries: string[], open: string, shape: Shape, depth: number): string {
  let lines = entries;
  if (state.compact >= 1 && shape.isList && entries.length > 6) {
    const list = value as ArrayLike<unknown>;
    lines = groupEntries(entries, {
      breakLength: state.breakLength,
      indentation: state.indentation,
      compact: state.compact,
      alignRight: entries.every((_, index) => typeof list[index] === "number" || typeof list[index] === "bigint"),
      count: entries.length,
      hasMore: list.length > state.maxArrayLength,
    });
  }
  if (state.lastDepth - depth < state.compact && entries.length === lines.length) {
    const start = lines.length + state.indentation + open.length + 10;
    const total = lines.reduce((sum, line) => sum + plainLength(line), lines.length + start);
    const single = lines.join(", ");
    if (total <= state.breakLength && !single.includes("\n") && !open.includes("\n"))
      return `${open} ${single} ${shape.close}`;
  }
  const indent = `\n${" ".repeat(state.indentation)}`;
  return `${open}${indent}  ${lines.join(`,${indent}  `)}${indent}${shape.close}`;
}

function formatValue(state: State, value: unknown): string {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return primitive(state, value);
  return formatObject(state, value);
}

export function inspect(value: unknown, options: InspectOptions | boolean = {}, depth?: number | null): string {
  const given = typeof options === "object" && options !== null ? options : { depth };
  const limit = given.depth === undefined ? 2 : given.depth;
  const compact = given.compact === undefined ? 3 : given.compact === false ? 0 : Number(given.compact);
  return formatValue(
    {
      depth: limit === null ? Number.POSITIVE_INFINITY : limit,
      colors: given.colors === true,
      breakLength: given.breakLength ?? 80,
      compact,
      maxArrayLength: given.maxArrayLength === null ? Number.POSITIVE_INFINITY : (given.maxArrayLength ?? 100),
      sorted: given.sorted === true,
      seen: [],
      circular: new Map(),
      indentation: 0,
      lastDepth: 0,
    },
    value,
  );
}
inspect.custom = customInspect;
inspect.defaultOptions = { depth: 2 };
