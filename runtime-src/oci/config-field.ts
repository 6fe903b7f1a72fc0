/**
 * A value of config.json with its JSON path, so that every complaint says where: "linux.resources.memory.limit: …". Absent
 * and null are the same, as they are to the Go programs that write these files. Unknown properties are passed over, as the
 * spec wants it (config.md, "Extensibility").
 */
export class ConfigError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path === "" ? "config.json" : path}: ${message}`);
    this.path = path;
  }
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

type Members = Readonly<Record<string, unknown>>;

export class Field {
  readonly path: string;
  readonly value: unknown;

  constructor(path: string, value: unknown) {
    this.path = path;
    this.value = value === null ? undefined : value;
  }

  get isAbsent(): boolean {
    return this.value === undefined;
  }

  fail(message: string): never {
    throw new ConfigError(this.path || "config.json", message);
  }

  #wrong(wanted: string): never {
    return this.fail(this.isAbsent ? `is required: ${wanted}` : `must be ${wanted}, is ${shown(this.value)}`);
  }

  /** The property; absent where this itself is. */
  at(name: string): Field {
    return new Field(
      this.path === "" ? name : `${this.path}.${name}`,
      this.isAbsent ? undefined : this.#members()[name],
    );
  }

  #members(): Members {
    if (typeof this.value !== "object" || Array.isArray(this.value)) return this.#wrong("an object");
    return this.value as Members;
  }

  /** Null when absent; otherwise checked to be an object. */
  object(): Field | null {
    if (this.isAbsent) return null;
    this.#members();
    return this;
  }

  /** Properties as fields; none when absent. */
  entries(): [name: string, field: Field][] {
    return this.isAbsent ? [] : Object.keys(this.#members()).map((name) => [name, this.at(name)]);
  }

  /** Elements; none when absent. */
  list(): Field[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) return this.#wrong("an array");
    return this.value.map((value, index) => new Field(`${this.path}[${index}]`, value));
  }

  text(): string {
    if (typeof this.value !== "string") return this.#wrong("a string");
    if (this.value.includes("\0")) return this.fail("must not have a NUL in it");
    return this.value;
  }

  textOr<T>(otherwise: T): string | T {
    return this.isAbsent ? otherwise : this.text();
  }

  texts(): string[] {
    return this.list().map((field) => field.text());
  }

  absolutePath(): string {
    const text = this.text();
    return text.startsWith("/") ? text : this.fail(`must be an absolute path, is ${shown(text)}`);
  }

  bool(): boolean {
    if (this.isAbsent) return false;
    return typeof this.value === "boolean" ? this.value : this.#wrong("true or false");
  }

  integer(from = Number.MIN_SAFE_INTEGER, to = 2 ** 64): number {
    const { value } = this;
    if (typeof value !== "number" || !Number.isInteger(value)) return this.#wrong("an integer");
    return value >= from && value <= to ? value : this.fail(`must be between ${from} and ${to}, is ${value}`);
  }

  integerOr<T>(otherwise: T, from?: number, to?: number): number | T {
    return this.isAbsent ? otherwise : this.integer(from, to);
  }

  /** One of the words. */
  oneOf(words: readonly string[]): string {
    const text = this.text();
    return words.includes(text) ? text : this.fail(`must be one of ${words.join(", ")}, is ${shown(text)}`);
  }

  /** For what this kernel or cgroup v2 does not have: refused when it asks for something. */
  refuse(reason: string): void {
    const { value } = this;
    const asksNothing =
      value === undefined ||
      value === "" ||
      value === 0 ||
      value === false ||
      (Array.isArray(value) && value.length === 0);
    if (asksNothing || (typeof value === "object" && Object.keys(value as object).length === 0)) return;
    this.fail(`is not supported: ${reason}`);
  }
}
