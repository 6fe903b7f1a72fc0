/**
 * Command lines as docker's client reads them (the conventions of pflag): --name=value, --name value, -n value, -nvalue,
 * -it as -i -t; "--" ends flags. Its words for what is wrong are kept, since they are what a search finds.
 */
export type FlagKind = "bool" | "text" | "list";

export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  readonly help: string;
  /** Of a text: it must be a whole number. */
  readonly integer?: boolean;
  /** Known to docker, not to us: why, and what to do instead. */
  readonly refused?: string;
}

export class UsageError extends Error {}

/** --help, wherever it stands before the words of a command. */
export class HelpWanted extends Error {}

export interface ParsedFlags {
  readonly rest: readonly string[];
  readonly given: (name: string) => boolean;
  readonly bool: (name: string) => boolean;
  readonly text: (name: string) => string | null;
  readonly list: (name: string) => readonly string[];
}

/** As docker names a flag in its messages: "-m, --memory". */
export const flagLabel = ({ short, name }: Flag): string => (short ? `-${short}, --${name}` : `--${name}`);

const TRUE = ["1", "t", "T", "true", "TRUE", "True"];
const FALSE = ["0", "f", "F", "false", "FALSE", "False"];

/** In Go's words, as `parser` of strconv has them. */
const unparsed = (flag: Flag, text: string, parser: string): UsageError => {
  const reason = `strconv.${parser}: parsing "${text}": invalid syntax`;
  return new UsageError(`invalid argument "${text}" for "${flagLabel(flag)}" flag: ${reason}`);
};

function boolValue(flag: Flag, text: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw unparsed(flag, text, "ParseBool");
}

interface FlagIndex {
  readonly byName: ReadonlyMap<string, Flag>;
  readonly byLetter: ReadonlyMap<string, Flag>;
}

const indices = new WeakMap<readonly Flag[], FlagIndex>();

/** `run` has a hundred and more; the resident does it for the verbs that it has ready. */
export function indexFlags(flags: readonly Flag[]): FlagIndex {
  let index = indices.get(flags);
  if (!index) {
    index = {
      byName: new Map(flags.map((flag) => [flag.name, flag])),
      byLetter: new Map(flags.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const]))),
    };
    indices.set(flags, index);
  }
  return index;
}

/** `interspersed`: flags may follow words; not so where the words are another program's command line. */
export function parseFlags(flags: readonly Flag[], argv: readonly string[], interspersed: boolean): ParsedFlags {
  const { byName, byLetter } = indexFlags(flags);
  const values = new Map<string, boolean | string | string[]>();
  const rest: string[] = [];
  let at = 0;

  const set = (flag: Flag, text: string) => {
    if (flag.refused !== undefined) throw new UsageError(`${flagLabel(flag)} is not supported: ${flag.refused}`);
    if (flag.integer && !/^[-+]?\d+$/.test(text)) throw unparsed(flag, text, "ParseInt");
    if (flag.kind === "bool") values.set(flag.name, boolValue(flag, text));
    else if (flag.kind === "text") values.set(flag.name, text);
    else values.set(flag.name, [...((values.get(flag.name) as string[]) ?? []), text]);
  };
  const nextWord = (missing: string): string => {
    const word = argv[++at];
    if (word === undefined) throw new UsageError(`flag needs an argument: ${missing}`);
    return word;
  };
  const takeLong = (word: string) => {
    const equals = word.indexOf("=");
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    const flag = byName.get(name);
    if (!flag && name === "help") throw new HelpWanted();
    if (!flag) throw new UsageError(`unknown flag: --${name}`);
    if (equals >= 0) set(flag, word.slice(equals + 1));
    else set(flag, flag.kind === "bool" ? "true" : nextWord(`--${name}`));
  };
  const takeShort = (word: string) => {
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] ?? "";
      const flag = byLetter.get(letter);
      if (!flag) throw new UsageError(`unknown shorthand flag: '${letter}' in ${word}`);
      if (flag.kind === "bool" && word[i + 1] !== "=") {
        set(flag, "true");
        continue;
      }
      const value = word.slice(word[i + 1] === "=" ? i + 2 : i + 1);
      return set(flag, i + 1 < word.length ? value : nextWord(`'${letter}' in ${word}`));
    }
  };

  for (; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (word === "--") {
      rest.push(...argv.slice(at + 1));
      break;
    }
    if (word.startsWith("--")) takeLong(word);
    else if (word.startsWith("-") && word.length > 1) takeShort(word);
    else if (interspersed) rest.push(word);
    else {
      rest.push(...argv.slice(at));
      break;
    }
  }
  return {
    rest,
    given: (name) => values.has(name),
    bool: (name) => values.get(name) === true,
    text: (name) => {
      const value = values.get(name);
      return typeof value === "string" ? value : null;
    },
    list: (name) => {
      const value = values.get(name);
      return Array.isArray(value) ? value : [];
    },
  };
}
