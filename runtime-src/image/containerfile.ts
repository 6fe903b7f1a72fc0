/**
 * A Containerfile (docker's Dockerfile reference) to instructions with their lines: comments, continuation lines, parser
 * directives, flags, JSON and shell form. What cannot be built here is refused with its line.
 */
export interface Instruction {
  /** Upper case. */
  readonly keyword: string;
  /** "--from=x" as [from, x]; a flag without value has "". */
  readonly flags: ReadonlyMap<string, string>;
  /** What follows keyword and flags, continuation lines joined. */
  readonly text: string;
  /** Of the JSON form; null for the shell form. */
  readonly json: readonly string[] | null;
  readonly line: number;
  /** As docker shows it. */
  readonly source: string;
}

export interface Containerfile {
  readonly name: string;
  readonly mark: string;
  readonly instructions: readonly Instruction[];
}

/** "Containerfile:3: …" */
export class BuildFault extends Error {
  constructor(file: string, line: number, message: string, options?: ErrorOptions) {
    super(`${file}:${line}: ${message}`, options);
  }
}

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  ADD: ["chown", "chmod", "link"],
  COPY: ["from", "chown", "chmod", "link"],
  FROM: ["platform"],
  HEALTHCHECK: ["interval", "timeout", "start-period", "start-interval", "retries"],
  RUN: ["mount", "network", "security"],
};

const KEYWORDS = [
  "ADD",
  "ARG",
  "CMD",
  "COPY",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "FROM",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "RUN",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
];
const JSON_FORMS = ["ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"];

interface Logical {
  readonly text: string;
  readonly line: number;
}

function escapeOf(lines: readonly string[], name: string): string {
  for (const [at, line] of lines.entries()) {
    const directive = /^#\s*([a-zA-Z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!directive) return "\\";
    if (directive[1]?.toLowerCase() !== "escape") continue;
    if (directive[2] !== "\\" && directive[2] !== "`") {
      throw new BuildFault(name, at + 1, `invalid ESCAPE '${directive[2]}'. Must be ' or \\`);
    }
    return directive[2];
  }
  return "\\";
}

/** Comment lines vanish, also between continuation lines; so do empty ones there. */
function logicalLines(lines: readonly string[], mark: string): Logical[] {
  const found: Logical[] = [];
  let text: string | null = null;
  let first = 0;
  for (const [at, line] of lines.entries()) {
    if (/^\s*#/.test(line) || (/^\s*$/.test(line) && text !== null)) continue;
    if (text === null) {
      if (/^\s*$/.test(line)) continue;
      text = "";
      first = at + 1;
    }
    const trimmed: string = line.trimEnd();
    if (trimmed.endsWith(mark)) text += trimmed.slice(0, -1);
    else {
      found.push({ text: (text + line).trim(), line: first });
      text = null;
    }
  }
  if (text !== null && text.trim() !== "") found.push({ text: text.trim(), line: first });
  return found;
}

function parseJsonForm(text: string): readonly string[] | null {
  if (!text.startsWith("[")) return null;
  try {
    const value = JSON.parse(text) as unknown;
    if (Array.isArray(value) && value.every((word) => typeof word === "string")) return value as string[];
  } catch {
    // then it is a shell command that begins with [
  }
  return null;
}

function parseInstruction(name: string, { text: source, line }: Logical): Instruction {
  const match = /^(\S+)(?:\s+([\s\S]*))?$/.exec(source);
  const keyword = (match?.[1] ?? "").toUpperCase();
  if (!KEYWORDS.includes(keyword)) throw new BuildFault(name, line, `unknown instruction: ${keyword}`);
  let text = match?.[2] ?? "";
  const flags = new Map<string, string>();
  const known = FLAGS[keyword];
  for (let flag = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(text); known && flag; ) {
    const [whole, key = "", value = ""] = flag;
    if (!known.includes(key)) throw new BuildFault(name, line, `unknown flag: --${key}`);
    if (flags.has(key)) throw new BuildFault(name, line, `duplicate flag specified: ${key}`);
    flags.set(key, value);
    text = text.slice(whole.length);
    flag = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(text);
  }
  if (text === "") throw new BuildFault(name, line, `${keyword} requires at least one argument`);
  if (["RUN", "COPY", "ADD"].includes(keyword) && /(?:^|\s)<<-?["']?[A-Za-z_]/.test(text)) {
    throw new BuildFault(name, line, "here-documents are not supported: write a file and COPY it");
  }
  const json = JSON_FORMS.includes(keyword) ? parseJsonForm(text) : null;
  return { keyword, flags, text, json, line, source };
}

export function parseContainerfile(content: string, name: string): Containerfile {
  const lines = content.replace(/^\uFEFF/, "").split(/\r?\n/);
  const mark = escapeOf(lines, name);
  const instructions = logicalLines(lines, mark).map((line) => parseInstruction(name, line));
  const [first] = instructions;
  if (!first) throw new Error(`the Containerfile (${name}) cannot be empty`);
  const begin = instructions.find(({ keyword }) => keyword !== "ARG");
  if (begin?.keyword !== "FROM") {
    throw new BuildFault(name, (begin ?? first).line, "no build stage in current context: a FROM must come first");
  }
  const onbuild = instructions.find(({ keyword }) => keyword === "ONBUILD");
  if (onbuild) throw new BuildFault(name, onbuild.line, "ONBUILD is not supported: no image is built from another's");
  return { name, mark, instructions };
}
