/** node:readline: lines of a stream ("line", async iteration) and question(). No editing: the terminal's own line discipline. */
import { EventEmitter } from "./events.ts";
import type { Readable, Writable } from "./stream.ts";
import { StringDecoder } from "./string-decoder.ts";

interface InterfaceOptions {
  input: Readable;
  output?: Writable;
  prompt?: string;
  terminal?: boolean;
}

export class Interface extends EventEmitter {
  closed = false;
  #input: Readable;
  #output: Writable | undefined;
  #prompt: string;
  #decoder = new StringDecoder("utf8");
  #rest = "";
  #question: ((answer: string) => void) | null = null;

  constructor({ input, output, prompt = "> " }: InterfaceOptions) {
    super();
    this.#input = input;
    this.#output = output;
    this.#prompt = prompt;
    input.on("data", (chunk: Uint8Array | string) => this.#take(this.#decoder.write(chunk)));
    input.on("end", () => {
      this.#take(this.#decoder.end());
      if (this.#rest !== "") this.#line(this.#rest);
      this.#rest = "";
      this.close();
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() as string;
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    if (this.closed) return;
    const question = this.#question;
    this.#question = null;
    if (question) question(line);
    else this.emit("line", line);
  }

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }

  prompt(): void {
    this.#output?.write(this.#prompt);
  }

  question(query: string, ...rest: unknown[]): void {
    this.#output?.write(query);
    this.#question = rest.find((value) => typeof value === "function") as (answer: string) => void;
  }

  pause(): this {
    this.#input.pause();
    return this;
  }

  resume(): this {
    this.#input.resume();
    return this;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#input.pause();
    this.emit("close");
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const lines: string[] = [];
    let wake = (): void => {};
    this.on("line", (line: string) => {
      lines.push(line);
      wake();
    });
    this.on("close", () => wake());
    for (;;) {
      const line = lines.shift();
      if (line !== undefined) yield line;
      else if (this.closed) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
}

export function createInterface(options: InterfaceOptions | Readable, output?: Writable): Interface {
  if ("input" in options) return new Interface(options);
  return new Interface(output ? { input: options, output } : { input: options });
}

export default { createInterface, Interface };
