/** Runs hostile acts by the dozen: many containers in one command to the guest, each attempt's words and exit code back. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Guest } from "./guest.ts";

/** On 9p itself, not under the overlay that is the guest's root: a file put there is seen at once. */
const DELIVERY = "usr/lib/box/hostile-helper";

export interface Attempt {
  readonly exitCode: number;
  /** Standard output and error. */
  readonly words: string;
}

/** runtime-security-helper.c, compiled as the kernel is: gcc -m32. */
function helperProgram(): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), "glassbox-helper-"));
  try {
    const program = path.join(folder, "helper");
    const source = path.join(import.meta.dirname, "runtime-security-helper.c");
    execFileSync("gcc", ["-m32", "-static", "-Os", "-s", "-w", "-o", program, source], { stdio: "pipe" });
    return new Uint8Array(readFileSync(program));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function putHelper(guest: Guest): Promise<void> {
  await guest.session().emulator.putFile(`/${DELIVERY}`, helperProgram());
  await guest.out(`mkdir -p /tmp/h && cp /${DELIVERY} /tmp/h/helper && chmod 755 /tmp/h/helper`);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Shell lines that say what a command says, between marks, and its exit code. None may take longer than 30 seconds. */
const marked = (shell: string, command: string): string =>
  `echo @@; timeout 30 ${shell} -c ${quoted(command)} </dev/null 2>&1; printf '\\n@= %s\\n' $?`;

async function run(guest: Guest, script: string, count: number): Promise<Attempt[]> {
  const said = await guest.out(script);
  const attempts = [...said.matchAll(/^@@\n([\s\S]*?)\n@= (\d+)$/gm)].map(([, words = "", exitCode]) => ({
    exitCode: Number(exitCode),
    words: words.trim(),
  }));
  if (attempts.length !== count) throw new Error(`${attempts.length} answers to ${count}: ${said}`);
  return attempts;
}

/** Each command in turn on the host. */
export const attemptOutside = (guest: Guest, prelude: string, commands: readonly string[]): Promise<Attempt[]> =>
  run(guest, [prelude, ...commands.map((command) => marked("bash", command))].join("\n"), commands.length);

/** Each act as root's in a container; those with the same flags follow each other in one. Answers in the order given. */
export async function attemptInside(
  guest: Guest,
  prelude: string,
  list: readonly { readonly flags: string; readonly act: string }[],
): Promise<Attempt[]> {
  const groups = new Map<string, number[]>();
  list.forEach(({ flags }, i) => {
    groups.set(flags, [...(groups.get(flags) ?? []), i]);
  });
  const scripts = [...groups].map(([flags, members]) => {
    const acts = members.map((i) => marked("sh", list[i]?.act ?? ""));
    const words = `docker run --rm -v /tmp/h:/h:ro -e PREY -e VICTIM ${flags} busybox sh -c`;
    return `${words} ${quoted(acts.join("\n"))}`;
  });
  const answers = await run(guest, [prelude, ...scripts].join("\n"), list.length);
  const inOrder: Attempt[] = [];
  [...groups.values()].flat().forEach((i, at) => {
    inOrder[i] = answers[at] as Attempt;
  });
  return inOrder;
}
