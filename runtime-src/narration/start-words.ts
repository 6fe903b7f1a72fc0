/** Words for container/start-steps.ts: what the supervisor does for the container's first process. */
import { cgroupWrites } from "../cgroups/resources.ts";
import type { CreateContext } from "../container/create-context.ts";
import { namespaceOptions } from "../container/namespace-names.ts";
import { cloneFlags } from "../container/start-clone-steps.ts";
import { quotedAll, type Words } from "./step-words.ts";

const CONTROLLERS = "cpu io memory pids";

/** Born in the cgroup, as with CLONE_INTO_CGROUP: whoever becomes unshare is in it already. */
export const bornInCgroup = (cgroup: string, command: string): string =>
  `sh -c 'echo $$ > "$0"/cgroup.procs; exec "$@"' ${cgroup} ${command}`;

export const unshareCommand = (namespaces: number): string =>
  `unshare ${[...namespaceOptions(namespaces), "--fork", "--kill-child"].join(" ")}`;

export const startWords: Words<CreateContext> = {
  "create-cgroup": {
    says: {
      ko: "자원 한도를 걸 cgroup을 만듭니다. cgroup은 폴더 하나입니다.",
      en: "Makes the cgroup that will hold the limits: a cgroup is a folder.",
    },
    shell: ({ cgroupFolder, host }) => {
      const { cgroup } = host.paths;
      const parent = cgroup.slice(0, cgroup.lastIndexOf("/"));
      return [
        `mkdir -p ${cgroup}`,
        `for c in ${CONTROLLERS}; do echo +$c > ${parent}/cgroup.subtree_control; echo +$c > ${cgroup}/cgroup.subtree_control; done`,
        `mkdir ${cgroupFolder}`,
      ];
    },
  },
  "set-limits": {
    says: { ko: "한도를 씁니다. 한도 하나가 파일 하나입니다.", en: "Writes the limits: each is a file." },
    shell: ({ cgroupFolder, state }) =>
      cgroupWrites(state.spec.resources).map(({ file, value, optional }) => {
        const path = `${cgroupFolder}/${file}`;
        return optional ? `[ ! -e ${path} ] || echo ${value} > ${path}` : `echo '${value}' > ${path}`;
      }),
  },
  "allow-devices": {
    says: {
      ko: "허락한 장치만 열리도록 cgroup에 작은 BPF 프로그램을 붙입니다.",
      en: "Attaches a small BPF program to the cgroup, so that only the allowed devices can be opened.",
    },
    shell: () => [],
    beyondShell: {
      ko: "bpf(2)를 부르는 명령이 없습니다. 셸로 만든 컨테이너에서는 모든 장치를 열 수 있습니다.",
      en: "no command here calls bpf(2): the container made by the shell may open every device",
    },
  },
  "open-stdio": {
    says: {
      ko: "프로그램의 입력과 출력을 나를 파이프를 만듭니다.",
      en: "Makes the pipes that will carry the program's input and output.",
    },
    shell: () => ["PROGRAM </dev/null 2>&1 | cat"],
    script: () => [],
    beyondShell: {
      ko: "스크립트의 입출력을 그대로 씁니다. 로그를 남기는 프로세스가 없습니다.",
      en: "the script's own streams are used; there is nobody who keeps a log",
    },
  },
  "idmap-mounts": {
    says: {
      ko: "바인드 마운트의 파일 소유자가 컨테이너의 UID 대응표대로 보이게 합니다.",
      en: "Lets the owners of bound files be seen through the container's map of ids.",
    },
    shell: ({ state }) =>
      state.spec.mounts.map(({ source, destination }) => `mount --bind -o X-mount.idmap=… ${source} ${destination}`),
    script: () => [],
    beyondShell: {
      ko: "util-linux 2.39부터 되는 일이라 이 게스트의 `mount`로는 할 수 없습니다.",
      en: "mount(8) can do it from util-linux 2.39 on; the guest's is older",
    },
  },
  clone: {
    says: {
      ko: "새 네임스페이스를 만들며 첫 프로세스를 낳습니다. 이 프로세스는 태어날 때부터 cgroup 안에 있습니다.",
      en: "Gives birth to the first process, in new namespaces and inside the cgroup from its first moment.",
    },
    shell: ({ state, cgroupFolder }) => [bornInCgroup(cgroupFolder, `${unshareCommand(cloneFlags(state.spec))} bash`)],
  },
  "map-ids": {
    says: {
      ko: "사용자 네임스페이스의 UID 대응표를 씁니다. 안의 root가 밖의 누구인지가 여기서 정해집니다.",
      en: "Writes the map of ids of the user namespace: who root inside is outside.",
    },
    shell: ({ pid, state: { spec } }) =>
      (
        [
          ["uid_map", spec.uidMappings],
          ["gid_map", spec.gidMappings],
        ] as const
      ).map(([file, maps]) => {
        const lines = maps.map(({ containerId, hostId, size }) => `${containerId} ${hostId} ${size}`).join("\n");
        return `echo '${lines}' > /proc/${pid}/${file}`;
      }),
    script: () => [],
    beyondShell: {
      ko: "대응표는 밖에서 써야 해서 이 스크립트는 사용자 네임스페이스를 만들지 않습니다.",
      en: "the maps have to be written from outside: this script makes no user namespace",
    },
  },
  "release-init": {
    says: {
      ko: "밖에서 해 줄 일이 끝났으니 첫 프로세스를 계속하게 합니다.",
      en: "Lets the first process go on: what had to be done for it from outside is done.",
    },
    shell: () => ["echo g > SOCKET"],
    script: () => [],
  },
  execve: {
    says: {
      ko: "첫 프로세스가 프로그램으로 바뀌었습니다. 이제 컨테이너가 돌고 있습니다.",
      en: "The first process has become the program: the container runs.",
    },
    shell: ({ state }) => [`exec ${quotedAll(state.spec.process.args)}`],
    script: () => [],
  },
  "write-state": {
    says: {
      ko: "돌고 있다고 적어 둡니다. 새 파일에 쓰고 이름을 바꾸므로 반쯤 쓰인 상태가 남지 않습니다.",
      en: "Notes that it runs: in a new file that then takes the old one's name, so it is never half written.",
    },
    shell: ({ stateFolder }) => [`mv ${stateFolder}/state.json.new ${stateFolder}/state.json`],
    script: () => [],
    beyondShell: {
      ko: "상태를 적지 않으므로 `docker ps`에는 나오지 않습니다.",
      en: "no state is written, so `docker ps` does not list it",
    },
  },
};
