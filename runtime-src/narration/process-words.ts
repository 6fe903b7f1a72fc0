/** Words for the last part of a container's init (container/init-process-steps.ts) and for exec's (container/exec.ts). */

import type { ExecContext, JoinContext } from "../container/exec.ts";
import type { InitContext } from "../container/init-context.ts";
import { namespaceNames, namespaceOptions } from "../container/namespace-names.ts";
import type { CapabilitySets, Rlimit } from "../container/spec.ts";
import { userText } from "../container/user.ts";
import { RLIMITS } from "../linux/constants.ts";
import { ALL_CAPABILITIES, capabilityNames } from "../oci/capabilities.ts";
import { quoted, quotedAll, type Sentence, type Words } from "./step-words.ts";

/** As setpriv(1) takes a set. */
export const capabilityList = (set: number): string =>
  set === ALL_CAPABILITIES
    ? "+all"
    : ["-all", ...capabilityNames(set).map((name) => `+${name.slice("CAP_".length).toLowerCase()}`)].join(",");

const limitText = (value: number): string => (value < 0 ? "unlimited" : String(value));

function rlimitOption({ resource, soft, hard }: Rlimit): string {
  const name = Object.keys(RLIMITS).find((key) => RLIMITS[key] === resource) ?? "RLIMIT_NOFILE";
  return `--${name.slice("RLIMIT_".length).toLowerCase()}=${limitText(soft)}:${limitText(hard)}`;
}

const bounding = (sets: CapabilitySets): string => `--bounding-set=${capabilityList(sets.bounding)}`;
const inherited = (sets: CapabilitySets): string =>
  `--inh-caps=${capabilityList(sets.inheritable)} --ambient-caps=${capabilityList(sets.ambient)}`;

const NO_SECCOMP: Sentence = {
  ko: "seccomp 필터를 거는 명령이 없습니다. 셸로 만든 컨테이너는 모든 시스템 콜을 부를 수 있습니다.",
  en: "no command here installs a seccomp filter: the container made by the shell may call everything",
};
const NO_DUMPABLE: Sentence = {
  ko: "prctl(2)을 부르는 명령이 없습니다.",
  en: "no command here calls prctl(2) for it",
};
const HIDE: Sentence = {
  ko: "프로그램으로 바뀌기 전까지 컨테이너 안에서 이 프로세스를 들여다볼 수 없게 합니다.",
  en: "Keeps others in the container from looking into this process before it is the program.",
};

export const processWords: Words<InitContext> = {
  "working-directory": {
    says: {
      ko: "프로그램이 시작할 폴더로 가고, 그 폴더가 컨테이너 안에 있는지 확인합니다.",
      en: "Goes to the folder in which the program starts, and makes sure that it lies inside.",
    },
    shell: ({ spec }) => [`mkdir -p ${quoted(spec.process.cwd)}`, `cd ${quoted(spec.process.cwd)}`],
    script: ({ spec }) => [`mkdir -p ${quoted(spec.process.cwd)}`],
  },
  "find-user": {
    says: {
      ko: "컨테이너의 `/etc/passwd`에서 프로그램을 돌릴 사용자를 찾습니다.",
      en: "Looks up the program's user in the container's /etc/passwd.",
    },
    shell: ({ spec }) => [`grep ${quoted(`^${userText(spec.process).split(":")[0] || "root"}:`)} /etc/passwd`],
    script: ({ spec }) => [`find_user ${quoted(userText(spec.process))}`],
  },
  "open-terminal": {
    says: {
      ko: "컨테이너의 `/dev/pts`에서 터미널을 하나 엽니다.",
      en: "Opens a terminal of the container's own /dev/pts.",
    },
    shell: () => [],
    beyondShell: {
      ko: "스크립트를 부른 터미널을 그대로 씁니다. 새 터미널을 넘겨주는 명령이 없습니다.",
      en: "the script's own terminal is used: no command here hands out a new one",
    },
  },
  "connect-stdio": {
    says: {
      ko: "표준 입력, 출력, 오류를 파이프에 잇습니다.",
      en: "Connects standard input, output and error to the pipes.",
    },
    shell: ({ stdio: [input, output, error] }) => [`exec 0<&${input} 1>&${output} 2>&${error}`],
    script: ({ spec }) => (spec.process.openStdin ? [] : ["exec </dev/null"]),
  },
  "readonly-root": {
    says: { ko: "루트를 읽기 전용으로 바꿉니다.", en: "Makes the root read-only." },
    shell: () => ["mount -o remount,bind,ro none /"],
  },
  "set-rlimits": {
    says: { ko: "프로세스 하나에 걸리는 한도를 정합니다.", en: "Sets the limits of a single process." },
    shell: ({ spec }) => [`prlimit --pid $$ ${spec.process.rlimits.map(rlimitOption).join(" ")}`],
  },
  "oom-score": {
    says: {
      ko: "메모리가 모자랄 때 커널이 이 프로세스를 고를 점수를 정합니다.",
      en: "Sets how readily the kernel picks this process when memory runs out.",
    },
    shell: ({ spec }) => [`echo ${spec.process.oomScoreAdj} > /proc/self/oom_score_adj`],
  },
  personality: {
    says: {
      ko: "커널이 이 프로그램에 보일 실행 환경을 고릅니다.",
      en: "Chooses the execution domain that the kernel shows to the program.",
    },
    shell: () => ["setarch linux32 …"],
    script: () => [],
  },
  "bound-capabilities": {
    says: {
      ko: "다시는 얻을 수 없도록 쓰지 않을 권한 조각(capability)을 상한에서 지웁니다.",
      en: "Cuts the capabilities that it shall never have again from the bounding set.",
    },
    shell: ({ spec }) => [`setpriv ${bounding(spec.process.capabilities)} …`],
    script: ({ spec }) => [`privileges+=(${bounding(spec.process.capabilities)})`],
  },
  "no-new-privileges": {
    says: {
      ko: "setuid 프로그램을 실행해도 권한이 늘지 않게 합니다.",
      en: "Makes sure that no setuid program can give it more privileges.",
    },
    shell: () => ["setpriv --no-new-privs …"],
    script: () => ["privileges+=(--no-new-privs)"],
  },
  seccomp: {
    says: {
      ko: "컨테이너에 필요 없는 시스템 콜을 막는 필터를 겁니다.",
      en: "Installs the filter that refuses the syscalls that a container does not need.",
    },
    shell: () => [],
    beyondShell: NO_SECCOMP,
  },
  "hide-process": { says: HIDE, shell: () => [], beyondShell: NO_DUMPABLE },
  "set-user": {
    says: {
      ko: "프로그램을 돌릴 사용자와 그룹이 됩니다.",
      en: "Becomes the program's user and groups.",
    },
    shell: ({ user }) => [`setpriv --reuid=${user?.uid} --regid=${user?.gid} --groups=${user?.groups.join(",")} …`],
    script: () => [`privileges+=(--regid="$gid" "$groups" --reuid="$uid")`],
  },
  "drop-capabilities": {
    says: {
      ko: "남은 권한 조각을 컨테이너에 허락한 것으로 줄입니다.",
      en: "Keeps only the capabilities that the container is allowed.",
    },
    shell: ({ spec }) => [`setpriv ${inherited(spec.process.capabilities)} …`],
    script: ({ spec }) => [`privileges+=(${inherited(spec.process.capabilities)})`],
  },
};

export const execWords: Words<ExecContext> = {
  "open-container": {
    says: {
      ko: "컨테이너의 첫 프로세스와 cgroup을 쥡니다.",
      en: "Takes hold of the container's first process and its cgroup.",
    },
    shell: ({ target, cgroup }) => [`target=${target} cgroup=${cgroup}`],
  },
  "open-stdio": {
    says: {
      ko: "프로그램의 입력과 출력을 나를 파이프를 만듭니다.",
      en: "Makes the pipes that will carry the program's input and output.",
    },
    shell: () => ["PROGRAM </dev/null 2>&1 | cat"],
  },
  clone: {
    says: {
      ko: "돌고 있는 컨테이너의 네임스페이스와 cgroup 안에 새 프로세스를 낳습니다.",
      en: "Gives birth to the new process inside the running container's namespaces and cgroup.",
    },
    shell: ({ target, spec }) => [
      `sh -c 'echo $$ > "$0"/cgroup.procs; exec "$@"' $cgroup nsenter --target ${target} ${namespaceOptions(spec.namespaces).join(" ")} bash`,
    ],
  },
  execve: {
    says: {
      ko: "새 프로세스가 프로그램으로 바뀌었습니다.",
      en: "The new process has become the program.",
    },
    shell: ({ process }) => [`exec ${quotedAll(process.args)}`],
  },
};

export const joinWords: Words<JoinContext> = {
  "hide-process": { says: HIDE, shell: () => [], beyondShell: NO_DUMPABLE },
  "enter-namespaces": {
    says: {
      ko: "cgroup 네임스페이스와 사용자 네임스페이스에는 새 프로세스만 들어갑니다.",
      en: "The cgroup and user namespaces are entered by the new process alone.",
    },
    shell: ({ c }) => [
      `nsenter --target ${c.target} ${namespaceNames(c.spec.namespaces).includes("CLONE_NEWUSER") ? "--user " : ""}--cgroup bash`,
    ],
  },
  "set-user": {
    says: {
      ko: "컨테이너의 한도와 권한을 그대로 받고 사용자를 바꿉니다.",
      en: "Takes over the container's limits and privileges, and becomes the user.",
    },
    shell: ({ c, user }) => [
      `cd ${quoted(c.process.cwd)}`,
      `setpriv ${bounding(c.process.capabilities)} --reuid=${user?.uid} --regid=${user?.gid} --clear-groups …`,
    ],
  },
};
