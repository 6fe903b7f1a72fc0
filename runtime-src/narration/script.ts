/**
 * --shell: the script that makes the same container by hand, out of the tables of the runtime: what create and start do,
 * then, in the new namespaces, what the container's init does, then the program. Runs as root in bash on this guest.
 *
 * After pivot_root the tools are the old root's, reached by relative paths from its folder: busybox, which is static, and
 * setpriv and prlimit through their loader (named by /proc/self/cwd: bash makes the path that it executes absolute). What no command can do stays in the script as a comment.
 */
import { CreateContext } from "../container/create-context.ts";
import type { DeleteContext } from "../container/delete-steps.ts";
import type { Host } from "../container/host.ts";
import type { InitContext } from "../container/init-context.ts";
import { environmentValue } from "../container/program.ts";
import { initContext } from "../container/start-clone-steps.ts";
import type { ContainerState } from "../container/state.ts";
import type { Step } from "../container/steps.ts";
import { type Language, languageOf } from "./language.ts";
import { bornInCgroup, unshareCommand } from "./start-words.ts";
import { quoted, quotedAll } from "./step-words.ts";
import { NARRATED, type NarratedTable } from "./tables.ts";

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  ko: [
    "같은 컨테이너를 손으로 만드는 스크립트입니다. root로 bash에서 실행하세요.",
    "`#!`로 시작하는 주석은 셸로 할 수 없는 일입니다.",
  ],
  en: [
    "Makes the same container by hand. Run it as root, with bash.",
    "A comment that starts with #! says what a shell cannot do.",
  ],
};

/** Tools of the old root, from its folder; see the header. */
const TOOLS = `cd -P /..
for tool in mount umount mkdir mknod ln touch dirname; do eval "$tool() { ./bin/busybox $tool \\"\\$@\\"; }"; done
loader=(/proc/self/cwd/lib/ld-linux.so.2 --library-path ./lib/i386-linux-gnu:./usr/lib/i386-linux-gnu)
prlimit() { "\${loader[@]}" ./usr/bin/prlimit "$@"; }
privileges=()`;

/** docker's --user against the container's own files, as container/user.ts. */
const FIND_USER = `find_user() {
  local wanted=\${1%%:*} group= name= home_of= entry
  case $1 in *:*) group=\${1#*:} ;; esac
  uid=\${wanted:-0} gid=0 home=/
  [ "$uid" != 0 ] || home=/root
  while IFS=: read -r entry _ u g _ home_of _; do
    case \${wanted:-0} in *[!0-9]*) [ "$entry" = "$wanted" ] || continue ;; *) [ "$u" = "\${wanted:-0}" ] || continue ;; esac
    name=$entry uid=$u gid=$g home=\${home_of:-$home}
    break
  done 2>/dev/null </etc/passwd || :
  local list=$gid
  while IFS=: read -r entry _ g members; do
    if [ -n "$group" ] && { [ "$entry" = "$group" ] || [ "$g" = "$group" ]; }; then gid=$g; fi
    case ,$members, in *",$name,"*) [ -z "$name" ] || [ "$g" = "$gid" ] || list=$list,$g ;; esac
  done 2>/dev/null </etc/group || :
  case $group in '' | *[!0-9]*) ;; *) gid=$group ;; esac
  if [ -n "$group" ]; then groups=--clear-groups; else groups=--groups=$list; fi
}`;

interface Part<C> {
  readonly table: NarratedTable<C>;
  readonly context: C;
  readonly language: Language;
}

function stepLines<C>(step: Step<C>, { table, context, language }: Part<C>): string[] {
  if (!(step.when?.(context) ?? true)) return [];
  const words = table.words[step.name];
  if (!words) return [];
  const commands = (words.script ?? words.shell)(context);
  const beyond = words.beyondShell ? [`#! ${words.beyondShell[language]}`] : [];
  return ["", `# ${step.name}: ${step.syscall}(2). ${words.says[language]}`, ...beyond, ...commands];
}

const linesOf = <C>(steps: readonly Step<C>[], part: Part<C>): string[] =>
  steps.flatMap((step) => stepLines(step, part));

function initScript(c: InitContext, language: Language): string {
  const table = NARRATED.init as NarratedTable<InitContext>;
  const part = { table, context: c, language };
  const at = table.steps.findIndex(({ name }) => name === "pivot-root") + 1;
  const { args, env, cwd, umask } = c.spec.process;
  const home = environmentValue(env, "HOME") === null ? ` HOME="$home"` : "";
  const program = `cd ${quoted(cwd)}; unset PWD OLDPWD SHLVL; umask ${(umask ?? 0o022).toString(8)}; exec "$@"`;
  return [
    "set -eu",
    "umask 0",
    ...linesOf(table.steps.slice(0, at), part),
    "",
    TOOLS,
    FIND_USER,
    ...linesOf(table.steps.slice(at), part),
    "",
    `exec "\${loader[@]}" ./usr/bin/setpriv "\${privileges[@]}" ./bin/busybox env -i ${quotedAll(env)}${home} ./bin/busybox sh -c ${quoted(program)} sh ${quotedAll(args)}`,
  ].join("\n");
}

/** `state` as `run` would make it. */
export function shellScript(
  host: Host,
  state: ContainerState,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const language = languageOf(env);
  const c = new CreateContext(host, state, -1, null);
  const filter = state.spec.seccomp === "unconfined" ? null : new Uint8Array(8);
  const init: InitContext = { ...initContext(c, -1), seccomp: filter };
  const create = { table: NARRATED.create as NarratedTable<CreateContext>, context: c, language };
  const start = { ...create, table: NARRATED.start as NarratedTable<CreateContext> };
  const remove: Part<DeleteContext> = {
    table: NARRATED.delete as NarratedTable<DeleteContext>,
    context: { host, id: state.id, name: state.name, network: { endpoints: [], ports: [] } },
    language,
  };
  const cloneAt = start.table.steps.findIndex(({ name }) => name === "clone");
  const unshare = unshareCommand(state.spec.namespaces);
  return [
    "#!/bin/bash",
    ...HEAD[language].map((line) => `# ${line}`),
    "set -eu",
    "umask 022",
    "",
    "clean_up() {",
    "  set +e",
    ...linesOf(remove.table.steps, remove)
      .filter(Boolean)
      .map((line) => `  ${line}`),
    "}",
    "trap clean_up EXIT",
    "trap 'exit 130' INT",
    "trap 'exit 143' TERM",
    ...linesOf(create.table.steps, create),
    ...linesOf(start.table.steps.slice(0, cloneAt), start),
    "",
    "init=$(cat <<'INIT'",
    initScript(init, language),
    "INIT",
    ")",
    "",
    ...linesOf(start.table.steps.slice(cloneAt), {
      ...start,
      table: { ...start.table, words: { ...start.table.words, clone: cloneWords(start, c, unshare) } },
    }).map((line) => line),
    "exit $code",
    "",
  ].join("\n");
}

/** In a script the cgroup namespace is made by unshare with the others: who becomes it is in the cgroup already. */
function cloneWords(start: Part<CreateContext>, c: CreateContext, unshare: string) {
  const words = start.table.words.clone;
  if (!words) throw new Error("no words for the step clone");
  return {
    ...words,
    script: () => ["code=0", `${bornInCgroup(c.cgroupFolder, unshare)} bash -c "$init" 8<&- || code=$?`],
  };
}
