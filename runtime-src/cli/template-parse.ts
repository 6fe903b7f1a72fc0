/**
 * Templates of Go's text/template, as docker's --format takes them: text with {{actions}} to a tree. Known are pipelines,
 * variables, if, range, with, their else, break and continue, comments and the trim marks {{- -}}; define, template and
 * block are not, since a --format is one template. Words of errors are text/template's.
 */
/** `.A.B` on the dot, on a variable ("$", "$name") or on another expression. */
export interface FieldExpression {
  readonly kind: "field";
  readonly of: Expression;
  readonly names: readonly string[];
  readonly at: Position;
}

export type Expression =
  | { readonly kind: "literal"; readonly value: unknown }
  | FieldExpression
  /** A field that takes arguments: `.Label "name"`. */
  | { readonly kind: "method"; readonly field: FieldExpression; readonly args: readonly Expression[] }
  | { readonly kind: "dot" }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[]; readonly at: Position };

export interface Position {
  readonly offset: number;
  readonly text: string;
}

export interface Assignment {
  readonly names: readonly string[];
  readonly declares: boolean;
}

export interface Branch {
  readonly kind: "if" | "range" | "with";
  readonly variables: readonly string[];
  readonly pipe: Expression;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipe: Expression; readonly assign: Assignment | null }
  | { readonly kind: "break" }
  | { readonly kind: "continue" }
  | Branch;

export class TemplateError extends Error {}

const TOKEN =
  /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'|:=|\$\w*|\.(?:[\p{L}_][\p{L}\p{N}_]*)?|[-+]?\d[\w.]*|[\p{L}_][\p{L}\p{N}_]*|[()|,=]/uy;

interface Token extends Position {
  readonly spaceBefore: boolean;
}

function tokenize(source: string, base: number): Token[] {
  const tokens: Token[] = [];
  let spaceBefore = true;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const offset = TOKEN.lastIndex;
    const found = TOKEN.exec(source)?.[0];
    if (found === undefined) {
      const what = /^["'`]/.test(source[offset] ?? "") ? "unterminated quoted string" : "";
      throw new TemplateError(what || `unexpected ${JSON.stringify(source[offset])} in command`);
    }
    if (/^\s/.test(found)) spaceBefore = true;
    else {
      tokens.push({ text: found, offset: base + offset, spaceBefore });
      spaceBefore = false;
    }
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  '"': '"',
  "\\": "\\",
  "'": "'",
  "0": "\0",
};

const unquote = (text: string): string =>
  text.startsWith("`")
    ? text.slice(1, -1)
    : text
        .slice(1, -1)
        .replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g, (_, u, x, c) =>
          u || x ? String.fromCharCode(Number.parseInt(u ?? x, 16)) : (ESCAPES[c] ?? c),
        );

/** One action's words, read from the left. */
class ActionParser {
  readonly #tokens: readonly Token[];
  readonly #isFunction: (name: string) => boolean;
  #at = 0;

  constructor(tokens: readonly Token[], isFunction: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isFunction = isFunction;
  }

  peek(): string {
    return this.#tokens[this.#at]?.text ?? "";
  }

  take(): Token {
    const token = this.#tokens[this.#at++];
    if (!token) throw new TemplateError("missing value for command");
    return token;
  }

  /** "$i, $e :=" in front of a pipeline. */
  assignment(): Assignment | null {
    const names: string[] = [];
    let at = this.#at;
    while (/^\$\w/.test(this.#tokens[at]?.text ?? "")) {
      names.push(this.#tokens[at]?.text ?? "");
      at++;
      if (this.#tokens[at]?.text !== ",") break;
      at++;
    }
    const sign = this.#tokens[at]?.text;
    if (names.length === 0 || (sign !== ":=" && sign !== "=")) return null;
    this.#at = at + 1;
    return { names, declares: sign === ":=" };
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new TemplateError(`unexpected "${this.peek()}" in operand`);
  }

  pipeline(): Expression {
    let value = this.#command(null);
    while (this.peek() === "|") {
      this.take();
      value = this.#command(value);
    }
    return value;
  }

  #command(piped: Expression | null): Expression {
    const token = this.#tokens[this.#at];
    const isName = token && /^[\p{L}_]/u.test(token.text) && !["true", "false", "nil"].includes(token.text);
    if (!isName) {
      const value = this.#operand();
      const args = this.#arguments();
      if (value.kind === "field" && (args.length > 0 || piped)) {
        return { kind: "method", field: value, args: piped ? [...args, piped] : args };
      }
      if (piped) throw new TemplateError("non executable command in pipeline stage 2");
      if (args.length > 0) throw new TemplateError(`can't give argument to non-function ${token?.text ?? ""}`);
      return value;
    }
    this.take();
    this.#check(token);
    const args = this.#arguments();
    return { kind: "call", name: token.text, args: piped ? [...args, piped] : args, at: token };
  }

  #arguments(): Expression[] {
    const args: Expression[] = [];
    while (this.peek() !== "" && this.peek() !== "|" && this.peek() !== ")") args.push(this.#operand());
    return args;
  }

  #check({ text }: Token): void {
    if (!this.#isFunction(text)) throw new TemplateError(`function "${text}" not defined`);
  }

  #operand(): Expression {
    const token = this.take();
    const { text } = token;
    if (text === "(") {
      const inner = this.pipeline();
      if (this.peek() !== ")") throw new TemplateError("unclosed left paren");
      this.take();
      return this.#fields(inner, token);
    }
    if (text.startsWith("$")) return this.#fields({ kind: "variable", name: text }, token);
    if (text === ".") return { kind: "dot" };
    if (text.startsWith(".")) {
      this.#at--;
      return this.#fields({ kind: "dot" }, { ...token, spaceBefore: false });
    }
    if (/^["'`]/.test(text)) return { kind: "literal", value: unquote(text) };
    if (text === "true" || text === "false") return { kind: "literal", value: text === "true" };
    if (text === "nil") return { kind: "literal", value: null };
    if (/^[-+]?\d/.test(text)) {
      if (Number.isNaN(Number(text))) throw new TemplateError(`bad number syntax: "${text}"`);
      return { kind: "literal", value: Number(text) };
    }
    if (/^[\p{L}_]/u.test(text)) {
      this.#check(token);
      return { kind: "call", name: text, args: [], at: token };
    }
    throw new TemplateError(`unexpected "${text}" in operand`);
  }

  /** ".A.B" directly behind. */
  #fields(of: Expression, start: Token): Expression {
    const names: string[] = [];
    let first = of.kind === "dot";
    for (;;) {
      const token = this.#tokens[this.#at];
      if (!token || !/^\../.test(token.text) || (token.spaceBefore && !first)) break;
      first = false;
      names.push(token.text.slice(1));
      this.#at++;
    }
    if (names.length === 0) return of;
    return { kind: "field", of, names, at: { offset: start.offset, text: `.${names.join(".")}` } };
  }
}

interface Piece {
  readonly text: string;
  readonly offset: number;
  readonly isAction: boolean;
}

/** Text and actions in turn; trim marks have been heeded, comments are gone. */
function split(source: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimsNext = false;
  const addText = (end: number, trimsEnd: boolean) => {
    let text = source.slice(at, end);
    if (trimsNext) text = text.trimStart();
    if (trimsEnd) text = text.trimEnd();
    if (text !== "") pieces.push({ text, offset: at, isAction: false });
  };
  for (;;) {
    const open = source.indexOf("{{", at);
    if (open < 0) break;
    const trims = /^\{\{-\s/.test(source.slice(open));
    addText(open, trims);
    const start = open + (trims ? 3 : 2);
    const close = closing(source, start);
    const body = source.slice(start, close);
    trimsNext = /\s-$/.test(body);
    const inner = trimsNext ? body.slice(0, -1) : body;
    if (!/^\s*\/\*[\s\S]*\*\/\s*$/.test(inner)) pieces.push({ text: inner, offset: start, isAction: true });
    at = close + 2;
  }
  addText(source.length, false);
  return pieces;
}

/** The "}}" that is not within a string. */
function closing(source: string, start: number): number {
  const parts = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)+'|\}\}/g;
  parts.lastIndex = start;
  for (let found = parts.exec(source); found; found = parts.exec(source)) if (found[0] === "}}") return found.index;
  throw new TemplateError("unclosed action");
}

/** Throws a TemplateError without its place, which execution has and parsing does not need. */
export function parseTemplate(source: string, isFunction: (name: string) => boolean): readonly Node[] {
  const pieces = split(source);
  let at = 0;
  let rangeDepth = 0;

  const branch = (kind: Branch["kind"], parser: ActionParser): Branch => {
    const assign = parser.assignment();
    if (parser.peek() === "") throw new TemplateError(`missing value for ${kind}`);
    const pipe = parser.pipeline();
    parser.end();
    if (kind === "range") rangeDepth++;
    const { nodes: body, stop } = list();
    if (kind === "range") rangeDepth--;
    let otherwise: readonly Node[] = [];
    if (stop?.peek() === "else") {
      stop.take();
      if (stop.peek() === "if" || stop.peek() === "with") {
        otherwise = [branch(stop.take().text as Branch["kind"], stop)];
      } else otherwise = closed(list());
    } else closed({ nodes: body, stop });
    return { kind, variables: assign?.names ?? [], pipe, body, otherwise };
  };
  const closed = ({ nodes, stop }: { nodes: readonly Node[]; stop: ActionParser | null }): readonly Node[] => {
    if (!stop) throw new TemplateError("unexpected EOF");
    if (stop.peek() !== "end") throw new TemplateError(`unexpected {{${stop.peek()}}}`);
    return nodes;
  };
  const list = (): { nodes: readonly Node[]; stop: ActionParser | null } => {
    const nodes: Node[] = [];
    for (let piece = pieces[at]; piece; piece = pieces[at]) {
      at++;
      if (!piece.isAction) {
        nodes.push({ kind: "text", text: piece.text });
        continue;
      }
      const parser = new ActionParser(tokenize(piece.text, piece.offset), isFunction);
      const word = parser.peek();
      if (word === "end" || word === "else") return { nodes, stop: parser };
      if (word === "if" || word === "range" || word === "with") {
        nodes.push(branch(parser.take().text as Branch["kind"], parser));
      } else if (word === "break" || word === "continue") {
        if (rangeDepth === 0) throw new TemplateError(`{{${word}}} outside {{range}}`);
        nodes.push(word === "break" ? { kind: "break" } : { kind: "continue" });
      } else nodes.push(action(parser));
    }
    return { nodes, stop: null };
  };
  const action = (parser: ActionParser): Node => {
    const assign = parser.assignment();
    if (parser.peek() === "") throw new TemplateError("missing value for command");
    const pipe = parser.pipeline();
    parser.end();
    return { kind: "action", pipe, assign };
  };

  const { nodes, stop } = list();
  if (stop) throw new TemplateError(`unexpected {{${stop.peek()}}}`);
  return nodes;
}
