/** util.parseArgs, without tokens. */
interface OptionConfig {
  type: "boolean" | "string";
  short?: string;
  multiple?: boolean;
  default?: unknown;
}

interface ParseArgsConfig {
  args?: readonly string[];
  options?: Record<string, OptionConfig>;
  strict?: boolean;
  allowPositionals?: boolean;
}

type Values = Record<string, unknown>;

function fail(code: string, message: string): never {
  throw Object.assign(new TypeError(message), { code });
}

class Parser {
  readonly values: Values = Object.create(null);
  readonly positionals: string[] = [];
  readonly #options: Record<string, OptionConfig>;
  readonly #strict: boolean;
  readonly #allowPositionals: boolean;
  readonly #queue: string[];

  constructor(config: ParseArgsConfig) {
    this.#options = config.options ?? {};
    this.#strict = config.strict ?? true;
    this.#allowPositionals = config.allowPositionals ?? !this.#strict;
    this.#queue = [...(config.args ?? globalThis.process.argv.slice(2))];
  }

  run(): { values: Values; positionals: string[] } {
    for (let word = this.#queue.shift(); word !== undefined; word = this.#queue.shift()) {
      if (word === "--") {
        for (const rest of this.#queue.splice(0)) this.#positional(rest);
      } else if (word.startsWith("--") && word.length > 2) this.#long(word);
      else if (word.startsWith("-") && word.length > 1) this.#short(word);
      else this.#positional(word);
    }
    for (const [name, { default: value }] of Object.entries(this.#options))
      if (value !== undefined && this.values[name] === undefined) this.values[name] = value;
    return { values: this.values, positionals: this.positionals };
  }

  #positional(word: string): void {
    if (!this.#allowPositionals)
      fail(
        "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL",
        `Unexpected argument '${word}'. This command does not take positional arguments`,
      );
    this.positionals.push(word);
  }

  #long(word: string): void {
    const equals = word.indexOf("=");
    const name = word.slice(2, equals < 0 ? undefined : equals);
    this.#store(name, `--${name}`, equals < 0 ? undefined : word.slice(equals + 1));
  }

  /** -a, -abc, -ovalue */
  #short(word: string): void {
    const letters = word.slice(1);
    for (let index = 0; index < letters.length; index++) {
      const letter = letters[index] as string;
      const found = Object.entries(this.#options).find(([, { short }]) => short === letter);
      const name = found?.[0] ?? letter;
      const rest = letters.slice(index + 1);
      if (found?.[1].type === "string" && rest !== "") {
        this.#store(name, `-${letter}`, rest);
        return;
      }
      this.#store(name, `-${letter}`, undefined);
    }
  }

  #store(name: string, typed: string, given: string | undefined): void {
    const config = Object.hasOwn(this.#options, name) ? this.#options[name] : undefined;
    if (!config && this.#strict)
      fail(
        "ERR_PARSE_ARGS_UNKNOWN_OPTION",
        `Unknown option '${typed}'${this.#allowPositionals ? `. To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${typed}"` : ""}`,
      );
    let value: string | true | undefined = given;
    if (config?.type === "string" && value === undefined && !this.#queue[0]?.startsWith("-"))
      value = this.#queue.shift();
    const label = config?.short ? `-${config.short}, --${name}` : `--${name}`;
    if (this.#strict && config?.type === "string" && value === undefined)
      fail("ERR_PARSE_ARGS_INVALID_OPTION_VALUE", `Option '${label} <value>' argument missing`);
    if (this.#strict && config?.type === "boolean" && value !== undefined)
      fail("ERR_PARSE_ARGS_INVALID_OPTION_VALUE", `Option '${label}' does not take an argument`);
    const stored = value ?? true;
    if (!config?.multiple) this.values[name] = stored;
    else this.values[name] = [...((this.values[name] as unknown[] | undefined) ?? []), stored];
  }
}

export function parseArgs(config: ParseArgsConfig = {}): { values: Values; positionals: string[] } {
  return new Parser(config).run();
}
