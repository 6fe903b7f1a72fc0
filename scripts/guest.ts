/** `npm run -s guest -- --exec COMMAND`: the guest under Node, headless. See USAGE. */
import { parseArgs } from "node:util";
import { runHeadless } from "./headless-guest.ts";

const USAGE = `usage: npm run -s guest -- --exec COMMAND [--while COMMAND] [--json] [--timeout SECONDS] [--jit MODE]

Boots the guest from its snapshot, runs COMMAND as root in its shell, and passes output and exit code through.
  --exec COMMAND     the command; standard input is empty
  --while COMMAND    started first and left running; the snapshot is taken while it runs
  --json             print {stdout, stderr, exitCode, bootMs, runMs, snapshot} instead
  --timeout SECONDS  give up after this long (default 300); exit code 124
  --jit MODE         governed (default), on or off`;

const EXIT_USAGE = 2;

class UsageError extends Error {}

function optionsFrom(argv: readonly string[]): Parameters<typeof runHeadless>[0] {
  const { values } = parse(argv);
  if (values.exec === undefined && values.while === undefined) throw new UsageError("--exec COMMAND is missing");
  if (values.exec?.trim() === "") throw new UsageError("--exec: the command is empty");
  const seconds = Number(values.timeout ?? "300");
  if (!(seconds > 0)) throw new UsageError(`--timeout ${values.timeout}: not a number of seconds`);
  const jit = values.jit ?? "governed";
  if (jit !== "governed" && jit !== "on" && jit !== "off") throw new UsageError(`--jit ${jit}: governed, on or off`);
  return {
    exec: values.exec ?? null,
    alongside: values.while ?? null,
    json: values.json ?? false,
    timeoutMs: seconds * 1_000,
    jit,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        exec: { type: "string" },
        while: { type: "string" },
        json: { type: "boolean" },
        timeout: { type: "string" },
        jit: { type: "string" },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

try {
  process.exitCode = await runHeadless(optionsFrom(process.argv.slice(2)));
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(
    `guest: ${error instanceof Error ? error.message : String(error)}\n${usage ? `${USAGE}\n` : ""}`,
  );
  process.exitCode = usage ? EXIT_USAGE : 1;
}
