/** How Node's argument errors name what they got: "Received undefined", "type number (5)", "an instance of Foo". */
import { quote } from "./quote.ts";

export function received(value: unknown): string {
  if (value === null || value === undefined) return `Received ${value}`;
  if (typeof value === "function") return `Received function ${value.name}`;
  if (typeof value === "object") {
    const { name } = value.constructor ?? {};
    return name ? `Received an instance of ${name}` : "Received [Object: null prototype] {}";
  }
  const text = typeof value === "string" ? quote(value) : String(value);
  return `Received type ${typeof value} (${text.length > 28 ? `${text.slice(0, 25)}...` : text})`;
}

/** ERR_INVALID_ARG_TYPE: `wanted` is e.g. "of type string or an instance of URL". */
export function wrongType(name: string, wanted: string, value: unknown): TypeError {
  const error = new TypeError(`The ${name} argument must be ${wanted}. ${received(value)}`);
  return Object.assign(error, { code: "ERR_INVALID_ARG_TYPE" });
}
