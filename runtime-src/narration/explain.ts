/**
 * --explain: each step is told when it has happened, to standard error: the syscall, one sentence, and the shell command
 * that would do the same. It hears what the timeline hears (container/step-port.ts), so it is the code that speaks; the
 * container's first process and an exec's tell their own part, through a copy of our standard error that they keep.
 */
import { narrateSteps } from "../container/step-port.ts";
import type { Step, StepOutcome } from "../container/steps.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { type Language, languageOf } from "./language.ts";
import { wordsOf } from "./tables.ts";

const DIM = "\u001b[2m";
const BOLD = "\u001b[1m";
const PLAIN = "\u001b[0m";

interface Style {
  readonly language: Language;
  readonly colour: boolean;
}

const FAILED: Readonly<Record<Language, string>> = { ko: "실패", en: "failed" };
const UNDONE: Readonly<Record<Language, string>> = { ko: "되돌림", en: "undone" };

function outcomeText({ phase, error }: StepOutcome, language: Language): string {
  if (phase === "failed") return ` = ${error} (${FAILED[language]})`;
  return phase === "undone" ? ` (${UNDONE[language]})` : "";
}

export function explanation<C>(
  operation: string,
  step: Step<C>,
  context: C,
  outcome: StepOutcome,
  { language, colour }: Style,
): string {
  const paint = (style: string, text: string) => (colour ? `${style}${text}${PLAIN}` : text);
  const words = wordsOf(operation, step);
  const call = `${step.syscall}(${step.args(context).filter(Boolean).join(", ")})${outcomeText(outcome, language)}`;
  const lines = [`${paint(BOLD, call)} ${paint(DIM, `${operation} ${outcome.index}/${outcome.total}: ${step.name}`)}`];
  if (words) {
    lines.push(`  ${words.says[language]}`);
    if (outcome.phase === "done") {
      const commands = words.shell(context);
      lines.push(...commands.map((command) => paint(DIM, `  $ ${command}`)));
      if (commands.length === 0 && words.beyondShell) lines.push(paint(DIM, `  # ${words.beyondShell[language]}`));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** From now on, in this process and in those that it makes. */
export function explainSteps(linux: LinuxCalls, env: Readonly<Record<string, string | undefined>>): void {
  const style = { language: languageOf(env), colour: linux.isatty(2) && !env.NO_COLOR };
  const fd = linux.dup(2);
  narrateSteps(fd, (operation, step, context, outcome) => {
    try {
      linux.write(fd, explanation(operation, step, context, outcome, style));
    } catch {
      // a reader that went away does not stop a container
    }
  });
}
