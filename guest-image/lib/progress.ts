/**
 * What the person who started a build sees: one line a step, with a counter where the step knows its total.
 * On a terminal the line is redrawn in place; elsewhere (CI) at most one line every ten seconds is printed.
 */
const PLAIN_INTERVAL_MS = 10_000;

export interface Step {
  update(done: number, total: number, note?: string): void;
  note(text: string): void;
  done(summary?: string): void;
}

export function step(title: string): Step {
  const startedAt = Date.now();
  const terminal = process.stderr.isTTY === true;
  let printedAt = 0;
  const draw = (text: string, final: boolean): void => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
    const line = `[${seconds.padStart(4)} s] ${title}${text ? `: ${text}` : ""}`;
    if (terminal) {
      process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 120) - 1)}${final ? "\n" : ""}`);
    } else if (final || Date.now() - printedAt >= PLAIN_INTERVAL_MS) {
      process.stderr.write(`${line}\n`);
      printedAt = Date.now();
    }
  };
  draw("", false);
  return {
    update: (done, total, note) =>
      draw(
        `${done} of ${total} (${Math.min(100, Math.round((100 * done) / Math.max(1, total)))} %)${note ? ` ${note}` : ""}`,
        false,
      ),
    note: (text) => draw(text, false),
    done: (summary) => draw(summary ?? "done", true),
  };
}
