/**
 * What a --format can call: the predefined functions of Go's text/template and those that docker's client adds (json,
 * split, join, title, lower, upper, pad, truncate), and how fmt prints a value.
 */
import { TemplateError } from "./template-parse.ts";

type Fn = (...args: unknown[]) => unknown;

export const isTrue = (value: unknown): boolean => {
  if (value === null || value === undefined || value === false || value === 0 || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.keys(value).length > 0;
};

/** As fmt's %v: maps and lists in brackets, keys in order. */
export function show(value: unknown): string {
  if (value === null) return "[]"; // what docker's typed objects make of a list that is not there
  if (value === undefined) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(show).join(" ")}]`;
  if (typeof value !== "object") return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${show((value as Record<string, unknown>)[key])}`).join(" ")}]`;
}

/** A row's fields may be functions: their values. One that wants an argument is no field, but what a template calls. */
export const withValues = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, of]) =>
          typeof of === "function" ? (of.length > 0 ? [] : [[key, of()]]) : [[key, of]],
        ),
      )
    : value;

const sizeOf = (value: unknown): number => {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null) return Object.keys(value).length;
  if (value === null) return 0;
  throw new TemplateError(`error calling len: len of type ${typeof value}`);
};

function index(value: unknown, ...keys: unknown[]): unknown {
  let at = value;
  for (const key of keys) {
    if (Array.isArray(at)) {
      if (typeof key !== "number")
        throw new TemplateError("error calling index: cannot index slice/array with that type");
      if (key < 0 || key >= at.length)
        throw new TemplateError(`error calling index: reflect: slice index out of range`);
      at = at[key];
    } else if (typeof at === "string") {
      if (typeof key !== "number" || !(key >= 0 && key < at.length))
        throw new TemplateError(`error calling index: index out of range: ${show(key)}`);
      at = at.charCodeAt(key);
    } else if (typeof at === "object" && at !== null) {
      at = Object.hasOwn(at, String(key)) ? (at as Record<string, unknown>)[String(key)] : "";
    } else if (at === null) at = "";
    else throw new TemplateError("error calling index: index of untyped nil");
  }
  return at;
}

/** %s %v %d %q %t %x %f with flags, width and precision. */
function printf(format: unknown, ...args: unknown[]): string {
  let next = 0;
  const text = String(format).replace(/%([-+0 #]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g, (_, flags, width, digits, verb) => {
    if (verb === "%") return "%";
    if (next >= args.length) return `%!${verb}(MISSING)`;
    const body = printOne(verb, args[next++], digits);
    const sign = flags.includes("+") && /^\d/.test(body) ? "+" : "";
    const size = Number(width || 0);
    if (flags.includes("-")) return (sign + body).padEnd(size);
    return flags.includes("0") ? sign + body.padStart(size - sign.length, "0") : (sign + body).padStart(size);
  });
  const extra = args.slice(next).map((value) => `${typeOf(value)}=${show(value)}`);
  return extra.length > 0 ? `${text}%!(EXTRA ${extra.join(", ")})` : text;
}

const typeOf = (value: unknown): string =>
  typeof value === "number"
    ? Number.isInteger(value)
      ? "int"
      : "float64"
    : typeof value === "boolean"
      ? "bool"
      : typeof value;

function printOne(verb: string, value: unknown, digits: string | undefined): string {
  const wrong = () => `%!${verb}(${typeOf(value)}=${show(value)})`;
  if (verb === "s" || verb === "v") return digits === undefined ? show(value) : show(value).slice(0, Number(digits));
  if (verb === "q") return JSON.stringify(show(value));
  if (verb === "t") return typeof value === "boolean" ? String(value) : wrong();
  if (verb === "x" || verb === "X") {
    const hex = typeof value === "number" ? value.toString(16) : Buffer.from(show(value)).toString("hex");
    return verb === "X" ? hex.toUpperCase() : hex;
  }
  if (typeof value !== "number") return wrong();
  if (verb === "d") return Number.isInteger(value) ? String(value) : wrong();
  return ["f", "g", "e"].includes(verb) ? value.toFixed(digits === undefined ? 6 : Number(digits)) : wrong();
}

const compare = (name: string, holds: (a: number | string, b: number | string) => boolean): [string, Fn] => [
  name,
  (a, b) => {
    if (typeof a !== typeof b || (typeof a !== "number" && typeof a !== "string")) {
      throw new TemplateError(`error calling ${name}: incompatible types for comparison`);
    }
    return holds(a, b as string);
  },
];

const HTML: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&#34;", "'": "&#39;" };

/** Go's fmt.Sprint: a blank between operands when neither is a string. */
const sprint = (values: readonly unknown[]): string =>
  values
    .map((value, i) => {
      const blank = i > 0 && typeof value !== "string" && typeof values[i - 1] !== "string";
      return `${blank ? " " : ""}${show(value)}`;
    })
    .join("");

export type Functions = ReadonlyMap<string, Fn>;

export const FUNCTIONS: Functions = new Map<string, Fn>([
  ["and", (...args) => args.find((value) => !isTrue(value)) ?? args.at(-1)],
  ["or", (...args) => args.find(isTrue) ?? args.at(-1)],
  ["not", (value) => !isTrue(value)],
  ["eq", (first, ...rest) => rest.some((value) => value === first)],
  ["ne", (a, b) => a !== b],
  compare("lt", (a, b) => a < b),
  compare("le", (a, b) => a <= b),
  compare("gt", (a, b) => a > b),
  compare("ge", (a, b) => a >= b),
  ["len", sizeOf],
  ["index", index],
  ["slice", (value, from = 0, to) => (value as string).slice(Number(from), to === undefined ? undefined : Number(to))],
  ["print", (...args) => sprint(args)],
  ["println", (...args) => `${args.map(show).join(" ")}\n`],
  ["printf", printf],
  ["html", (...args) => sprint(args).replace(/[<>&"']/g, (c) => HTML[c] ?? c)],
  ["urlquery", (...args) => encodeURIComponent(sprint(args)).replaceAll("%20", "+")],
  ["js", (...args) => JSON.stringify(sprint(args)).slice(1, -1)],
  ["json", (value) => JSON.stringify(withValues(value)) ?? "null"],
  ["split", (text, separator) => String(text).split(String(separator))],
  ["join", (list, separator) => (list === null ? "" : (list as string[]).join(String(separator)))],
  ["title", (text) => String(text).replace(/(^|\s)(\S)/g, (_, before, letter) => before + letter.toUpperCase())],
  ["lower", (text) => String(text).toLowerCase()],
  ["upper", (text) => String(text).toUpperCase()],
  ["pad", (text, before, after) => (text === "" ? "" : " ".repeat(Number(before)) + text + " ".repeat(Number(after)))],
  ["truncate", (text, size) => String(text).slice(0, Number(size))],
]);

const asIs: Fn = (heading) => heading;

/** For the line of headings: docker's own functions leave a column's name as it is. */
export const HEADING_FUNCTIONS: Functions = new Map<string, Fn>([
  ...FUNCTIONS,
  ...["json", "split", "join", "title", "lower", "upper", "pad", "truncate"].map((name): [string, Fn] => [name, asIs]),
]);
