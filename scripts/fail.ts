/** Ends a command with what went wrong, and what that came from; the stack only where DEBUG asks for it. */
export function fail(command: string, error: unknown): void {
  const lines: string[] = [];
  for (let at: unknown = error; at !== undefined && lines.length < 5; at = at instanceof Error ? at.cause : undefined)
    lines.push(at instanceof Error ? at.message : String(at));
  process.stderr.write(`\n${command}: ${lines.join("\n  from: ")}\n`);
  if (process.env.DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
