/**
 * Executes what template-parse.ts reads, as Go's text/template does: a missing field is an error and says where. A value that is a function is called when it is asked for, so that a list
 * computes only the columns that are shown.
 */
import { FUNCTIONS, type Functions, isTrue, show } from "./template-functions.ts";
import {
  type Branch,
  type Expression,
  type Node,
  type Position,
  parseTemplate,
  TemplateError,
} from "./template-parse.ts";

export type Template = (value: unknown) => string;

type Variables = Map<string, unknown>;

/** Which of a range's controls ended a list of nodes. */
type Control = "break" | "continue" | null;

/** Fields that are maps of Go: what such a one has not is "<no value>", not a mistake. */
const MAPS: ReadonlySet<string> = new Set([
  ...["Annotations", "Attributes", "Containers", "ExposedPorts", "Labels", "Networks", "Options", "PortBindings"],
  ...["Ports", "Sysctls", "Tmpfs", "Volumes"],
]);

class Execution {
  readonly #source: string;
  readonly #root: unknown;
  readonly #functions: Functions;
  readonly #type: string | null;
  out = "";

  constructor(source: string, root: unknown, { functions, type }: Required<TemplateOptions>) {
    this.#source = source;
    this.#root = root;
    this.#functions = functions;
    this.#type = type;
  }

  run(nodes: readonly Node[], dot: unknown, outer: Variables): Control {
    const variables = new Map(outer);
    for (const node of nodes) {
      if (node.kind === "text") this.out += node.text;
      else if (node.kind === "break" || node.kind === "continue") return node.kind;
      else if (node.kind === "action") {
        const value = this.#evaluate(node.pipe, dot, variables);
        if (!node.assign) this.out += value === undefined ? "<no value>" : show(value);
        else this.#assign(node.assign.names[0] ?? "", node.assign.declares, value, variables, outer);
      } else {
        const control = this.#branch(node, dot, variables);
        if (control) return control;
      }
    }
    return null;
  }

  #assign(name: string, declares: boolean, value: unknown, variables: Variables, outer: Variables): void {
    if (!declares && !variables.has(name)) throw new TemplateError(`template: :1: undefined variable "${name}"`);
    variables.set(name, value);
    if (!declares && outer.has(name)) outer.set(name, value);
  }

  #branch(node: Branch, dot: unknown, variables: Variables): Control {
    const value = this.#evaluate(node.pipe, dot, variables);
    if (node.kind === "range") return this.#range(node, value, dot, variables);
    const inner = new Map(variables);
    if (node.variables[0]) inner.set(node.variables[0], value);
    const control = isTrue(value)
      ? this.run(node.body, node.kind === "with" ? value : dot, inner)
      : this.run(node.otherwise, dot, inner);
    for (const name of variables.keys()) variables.set(name, inner.get(name));
    return control;
  }

  #range(node: Branch, value: unknown, dot: unknown, variables: Variables): Control {
    const entries = this.#entries(value);
    if (entries.length === 0) return this.run(node.otherwise, dot, variables);
    for (const [key, element] of entries) {
      const inner = new Map(variables);
      const [first, second] = node.variables;
      if (second) inner.set(first ?? "", key).set(second, element);
      else if (first) inner.set(first, element);
      const control = this.run(node.body, element, inner);
      for (const name of variables.keys()) if (!node.variables.includes(name)) variables.set(name, inner.get(name));
      if (control === "break") break;
    }
    return null;
  }

  #entries(value: unknown): [unknown, unknown][] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((element, i) => [i, element]);
    if (typeof value === "number") return Array.from({ length: value }, (_, i) => [i, i]);
    if (typeof value === "object") return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    throw new TemplateError(`template: :1: executing "": range can't iterate over ${show(value)}`);
  }

  #evaluate(expression: Expression, dot: unknown, variables: Variables): unknown {
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "dot":
        return dot;
      case "variable":
        if (expression.name === "$") return this.#root;
        if (!variables.has(expression.name))
          throw new TemplateError(`template: :1: undefined variable "${expression.name}"`);
        return variables.get(expression.name);
      case "field":
        return this.#field(this.#evaluate(expression.of, dot, variables), expression.names, expression.at);
      case "method": {
        const { of, names, at } = expression.field;
        const owner = this.#field(this.#evaluate(of, dot, variables), names.slice(0, -1), at);
        const method = (owner as Record<string, unknown> | null)?.[names.at(-1) ?? ""];
        if (typeof method !== "function") throw this.#failure(at, `can't give argument to non-function ${at.text}`);
        return method(...expression.args.map((arg) => this.#evaluate(arg, dot, variables)));
      }
      case "call":
        return this.#call(expression.name, expression.args, expression.at, dot, variables);
    }
  }

  #call(name: string, args: readonly Expression[], at: Position, dot: unknown, variables: Variables): unknown {
    const values: unknown[] = [];
    for (const arg of args) {
      const value = this.#evaluate(arg, dot, variables);
      values.push(value);
      // as in Go, what decides the result ends the evaluation
      if ((name === "and" && !isTrue(value)) || (name === "or" && isTrue(value))) return value;
    }
    try {
      return this.#functions.get(name)?.(...values);
    } catch (error) {
      throw this.#failure(at, (error as Error).message);
    }
  }

  #field(value: unknown, names: readonly string[], at: Position): unknown {
    let found = value;
    let isMap = false;
    for (const name of names) {
      if (found === undefined || found === null) throw this.#failure(at, `nil pointer evaluating interface {}.${name}`);
      if (typeof found !== "object" || Array.isArray(found)) {
        const type = Array.isArray(found) ? "[]interface {}" : typeof found;
        throw this.#failure(at, `can't evaluate field ${name} in type ${type}`);
      }
      const has = Object.hasOwn(found, name);
      if (!has && !isMap) throw this.#failure(at, this.#missing(found, name));
      const next: unknown = has ? (found as Record<string, unknown>)[name] : undefined;
      found = typeof next === "function" ? next() : next;
      isMap = MAPS.has(name);
    }
    return found;
  }

  /** A field of docker's own structure, or a key of what is a map there too. */
  #missing(of: object, name: string): string {
    if (this.#type !== null && of === this.#root) return `can't evaluate field ${name} in type ${this.#type}`;
    return `map has no entry for key "${name}"`;
  }

  #failure({ offset, text }: Position, message: string): TemplateError {
    const before = this.#source.slice(0, offset).split("\n");
    const place = `${before.length}:${(before.at(-1) ?? "").length}`;
    return new TemplateError(`template: :${place}: executing "" at <${text}>: ${message}`);
  }
}

export interface TemplateOptions {
  readonly functions?: Functions;
  /** What docker's Go type of the value is, for its words; null: a map. */
  readonly type?: string | null;
}

/** Parsed once, executed for each row. Both throw a TemplateError in the words of text/template. */
export function compileTemplate(
  source: string,
  { functions = FUNCTIONS, type = null }: TemplateOptions = {},
): Template {
  const placed = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof TemplateError) || error.message.startsWith("template: ")) throw error;
      throw new TemplateError(`template: :1: ${error.message}`);
    }
  };
  const nodes = placed(() => parseTemplate(source, (name) => FUNCTIONS.has(name)));
  return (value) =>
    placed(() => {
      const execution = new Execution(source, value, { functions, type });
      execution.run(nodes, value, new Map());
      return execution.out;
    });
}
