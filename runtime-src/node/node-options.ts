/** The command line of `node`, as far as it exists here. */
export interface NodeOptions {
  evaluate: string | null;
  print: boolean;
  interactive: boolean;
  version: boolean;
  help: string | null;
  inputType: "commonjs" | "module";
  error: string | null;
  /** The script and its arguments. */
  rest: string[];
}

const HELP = `Usage: node [options] [ script.js | script.mjs | - ] [arguments]

  -e, --eval CODE            run CODE
  -p, --print CODE           run CODE and print its value
  -i, --interactive          a prompt, even where standard input is no terminal
      --input-type=TYPE      commonjs or module, for -e and standard input
  -v, --version              the Node release whose documented behaviour this follows
  -h, --help                 this

A small Node-compatible runtime on QuickJS; what exists is in runtime-src/node/API.md.
`;

export function parseCommandLine(words: readonly string[]): NodeOptions {
  const options: NodeOptions = {
    evaluate: null,
    print: false,
    interactive: false,
    version: false,
    help: null,
    inputType: "commonjs",
    error: null,
    rest: [],
  };
  const queue = [...words];
  while (queue[0]?.startsWith("-") && queue[0] !== "-") {
    const word = queue.shift() as string;
    if (word === "--") break;
    takeOption(options, word, queue);
  }
  options.rest = queue;
  return options;
}

function takeOption(options: NodeOptions, word: string, queue: string[]): void {
  switch (word) {
    case "-e":
    case "--eval":
    case "-p":
    case "--print":
    case "-pe":
      options.print ||= word !== "-e" && word !== "--eval";
      options.evaluate = queue.shift() ?? null;
      if (options.evaluate === null) options.error = `${word} requires an argument`;
      break;
    case "-v":
    case "--version":
      options.version = true;
      break;
    case "-h":
    case "--help":
      options.help = HELP;
      break;
    case "-i":
    case "--interactive":
      options.interactive = true;
      break;
    case "--input-type=module":
      options.inputType = "module";
      break;
    case "--input-type=commonjs":
      break;
    default:
      options.error ??= `bad option: ${word}`;
  }
}
