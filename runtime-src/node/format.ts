/** util.format: %s %d %i %f %j %o %O %c %%, the rest joined by spaces. */
import { inspect } from "./inspect.ts";

function asString(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return String(value);
  const own = (value as { toString?: unknown }).toString;
  const builtIn = own === Object.prototype.toString || own === Array.prototype.toString || own === undefined;
  if (!builtIn && !(value instanceof Error)) return String(value);
  return inspect(value, { depth: 0, colors: false, compact: 3 });
}

function asNumber(value: unknown, convert: (text: string) => number): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "symbol") return "NaN";
  const number = convert === Number ? Number(value) : convert(String(value));
  return Object.is(number, -0) ? "-0" : String(number);
}

function asJson(value: unknown): string {
  try {
    return String(JSON.stringify(value));
  } catch (error) {
    if (error instanceof TypeError && /circular/.test(error.message)) return "[Circular]";
    throw error;
  }
}

function placeholder(kind: string, value: unknown): string {
  switch (kind) {
    case "s":
      return asString(value);
    case "d":
      return typeof value === "object" ? "NaN" : asNumber(value, Number);
    case "i":
      return typeof value === "object" ? "NaN" : asNumber(value, Number.parseInt);
    case "f":
      return asNumber(value, Number.parseFloat);
    case "j":
      return asJson(value);
    case "o":
      return inspect(value, { depth: 4 });
    case "O":
      return inspect(value);
    default:
      return "";
  }
}

export function format(...args: unknown[]): string {
  const [first] = args;
  let rest = args;
  let head = "";
  if (typeof first === "string") {
    let used = 1;
    head = first;
    if (args.length > 1)
      head = first.replace(/%[sdifjoOc%]/g, (match) => {
        if (match === "%%") return "%";
        return used < args.length ? placeholder(match[1] as string, args[used++]) : match;
      });
    rest = args.slice(used);
    if (rest.length === 0) return head;
  }
  const words = rest.map((value) => (typeof value === "string" ? value : inspect(value)));
  return typeof first === "string" ? [head, ...words].join(" ") : words.join(" ");
}
