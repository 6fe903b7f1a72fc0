/**
 * Words of a Containerfile, as docker's shell lexer reads them: quotes, the mark character, $NAME, ${NAME},
 * ${NAME:-word}, ${NAME:+word} and the same without the colon. Nothing is run and no path is expanded.
 */
export type Environment = ReadonlyMap<string, string>;

export class WordFault extends Error {}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const SPECIAL = /^[0-9@*#?$!-]/;

class Lexer {
  readonly #text: string;
  readonly #env: Environment;
  readonly #mark: string;
  #at = 0;

  constructor(text: string, env: Environment, mark: string) {
    this.#text = text;
    this.#env = env;
    this.#mark = mark;
  }

  /** Up to an unquoted `end`, or to the end of the text. */
  word(end: string | null): string {
    let out = "";
    while (this.#at < this.#text.length) {
      const c = this.#text[this.#at] ?? "";
      if (c === end) return out;
      if (c === "'") out += this.#single();
      else if (c === '"') out += this.#double();
      else if (c === "$") out += this.#variable();
      else if (c === this.#mark) {
        out += this.#text[this.#at + 1] ?? "";
        this.#at += 2;
      } else {
        out += c;
        this.#at++;
      }
    }
    if (end !== null) throw new WordFault(`syntax error: missing '${end}' in "${this.#text}"`);
    return out;
  }

  #single(): string {
    const close = this.#text.indexOf("'", this.#at + 1);
    if (close < 0) throw new WordFault(`unexpected end of statement while looking for matching single-quote`);
    const inner = this.#text.slice(this.#at + 1, close);
    this.#at = close + 1;
    return inner;
  }

  #double(): string {
    let out = "";
    this.#at++;
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined) throw new WordFault(`unexpected end of statement while looking for matching double-quote`);
      if (c === '"') break;
      if (c === "$") {
        out += this.#variable();
        continue;
      }
      const next = this.#text[this.#at + 1] ?? "";
      if (c === this.#mark && ['"', "$", this.#mark].includes(next)) {
        out += next;
        this.#at += 2;
      } else {
        out += c;
        this.#at++;
      }
    }
    this.#at++;
    return out;
  }

  #variable(): string {
    const rest = this.#text.slice(this.#at + 1);
    if (rest.startsWith("{")) return this.#braced();
    const name = (NAME.exec(rest) ?? SPECIAL.exec(rest))?.[0];
    this.#at += 1 + (name?.length ?? 0);
    return name === undefined ? "$" : (this.#env.get(name) ?? "");
  }

  #braced(): string {
    this.#at += 2;
    const rest = this.#text.slice(this.#at);
    const name = (NAME.exec(rest) ?? SPECIAL.exec(rest))?.[0];
    if (name === undefined) throw new WordFault("syntax error: bad substitution");
    this.#at += name.length;
    const value = this.#env.get(name);
    const operator = /^:?[-+?]/.exec(this.#text.slice(this.#at))?.[0] ?? "";
    this.#at += operator.length;
    if (operator === "" && this.#text[this.#at] !== "}") {
      throw new WordFault(`unsupported modifier (${this.#text[this.#at] ?? ""}) in substitution`);
    }
    const word = operator === "" ? "" : this.word("}");
    this.#at++;
    const isSet = value !== undefined && (value !== "" || !operator.startsWith(":"));
    if (operator.endsWith("-")) return isSet ? (value ?? "") : word;
    if (operator.endsWith("+")) return isSet ? word : "";
    if (operator.endsWith("?") && !isSet) throw new WordFault(`${name}: ${word || "parameter not set"}`);
    return value ?? "";
  }
}

/** Quotes are taken off and variables put in. */
export const expandWord = (text: string, env: Environment, mark = "\\"): string =>
  new Lexer(text, env, mark).word(null);

/** At blanks that are neither quoted nor escaped; quotes stay. */
export function splitWords(text: string, mark = "\\"): string[] {
  const words: string[] = [];
  let word = "";
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const c = text[at] ?? "";
    if (c === mark && quote !== "'" && at + 1 < text.length) {
      word += c + (text[++at] ?? "");
    } else if (quote) {
      if (c === quote) quote = "";
      word += c;
    } else if (/\s/.test(c)) {
      if (word) words.push(word);
      word = "";
    } else {
      if (c === "'" || c === '"') quote = c;
      word += c;
    }
  }
  if (word) words.push(word);
  return words;
}
