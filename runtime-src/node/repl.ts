/** A prompt: one line at a time, evaluated as a script, its value shown. `_` is the last value; .exit or ctrl-D ends. */
import engine from "native:engine";
import { inspect } from "./inspect.ts";
import { NODE_VERSION, process } from "./process.ts";
import { createInterface } from "./readline.ts";
import { defineBuiltinGlobals } from "./repl-globals.ts";

const INCOMPLETE = /unexpected end|expecting '[}\])]'|unexpected token in expression: ''|unterminated/i;

function evaluate(source: string): unknown {
  // { a: 1 } is an object here, as in Node's prompt
  if (/^\s*\{/.test(source) && !/;\s*$/.test(source)) {
    try {
      return engine.evalScript(`(${source.trim()}\n)`, "REPL");
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return engine.evalScript(source, "REPL");
}

export function startRepl(): void {
  defineBuiltinGlobals();
  process.stdout.write(`Welcome to Node.js ${NODE_VERSION} on QuickJS.\nType ".exit" to leave.\n`);
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  let pending = "";
  const prompt = (): void => {
    lines.setPrompt(pending === "" ? "> " : "... ");
    lines.prompt();
  };
  lines.on("line", (line: string) => {
    if (pending === "" && line.trim() === ".exit") process.exit();
    const source = pending + line;
    try {
      const value = source.trim() === "" ? undefined : evaluate(source);
      pending = "";
      if (source.trim() !== "") {
        Object.assign(globalThis, { _: value });
        process.stdout.write(`${inspect(value, { colors: process.stdout.isStandard && "isTTY" in process.stdout })}\n`);
      }
    } catch (error) {
      if (error instanceof SyntaxError && INCOMPLETE.test(error.message)) pending = `${source}\n`;
      else {
        pending = "";
        process.stdout.write(`Uncaught ${inspect(error)}\n`);
      }
    }
    prompt();
  });
  lines.on("close", () => process.exit());
  prompt();
}
