/** Words for container/create-steps.ts and container/delete-steps.ts. */
import type { CreateContext } from "../container/create-context.ts";
import type { DeleteContext } from "../container/delete-steps.ts";
import { hostsText } from "../container/etc-files.ts";
import { cgroupFolder, diskFolder, stateFolder } from "../container/paths.ts";
import { initLayer, rootFolder } from "../container/shared-folders.ts";
import { nameLink } from "../container/state.ts";
import { volumeFolder } from "../container/volumes.ts";
import { quoted, type Words } from "./step-words.ts";

export const createWords: Words<CreateContext> = {
  "make-state-folder": {
    says: {
      ko: "컨테이너의 상태를 적어 둘 폴더를 만들고, 돌보는 프로세스가 있다는 표시로 잠급니다.",
      en: "Makes the folder for the container's state, and locks it as a sign that somebody looks after it.",
    },
    shell: ({ stateFolder: folder }) => [
      `mkdir -p -m 711 ${folder}`,
      `exec 8>${folder}/supervisor`,
      "flock --nonblock 8",
    ],
  },
  "claim-name": {
    says: {
      ko: "이름을 차지합니다. 같은 심볼릭 링크는 두 번 만들 수 없어서 이름이 겹치지 않습니다.",
      en: "Claims the name: the same symbolic link cannot be made twice, so no two containers share a name.",
    },
    shell: ({ host, state }) => [
      `mkdir -p ${host.paths.run}/names`,
      `ln -s ${state.id} ${quoted(nameLink(host.paths, state.name))}`,
    ],
  },
  "write-etc-files": {
    says: {
      ko: "컨테이너가 쓸 `hosts`, `hostname`, `resolv.conf` 파일을 씁니다.",
      en: "Writes the container's own hosts, hostname and resolv.conf.",
    },
    shell: ({ stateFolder: folder, state: { spec } }) => [
      `printf %s ${quoted(hostsText(spec, []))} > ${folder}/hosts`,
      `echo ${quoted(spec.hostname)} > ${folder}/hostname`,
      `cat /etc/resolv.conf > ${folder}/resolv.conf 2>/dev/null || :`,
    ],
  },
  "make-volumes": {
    says: {
      ko: "볼륨의 폴더를 만듭니다. 컨테이너가 사라져도 남는 곳입니다.",
      en: "Makes the folders of the volumes, which outlive the container.",
    },
    shell: ({ state }) =>
      state.spec.mounts.filter(({ type }) => type === "bind").map(({ source }) => `mkdir -p ${quoted(source)}`),
  },
  "map-root": {
    says: {
      ko: "루트 파일의 소유자를 컨테이너의 UID 대응표에 맞춥니다.",
      en: "Gives the files of the root to the users that the container's map of ids names.",
    },
    shell: () => [],
    beyondShell: {
      ko: "사용자 네임스페이스는 이 스크립트가 만들지 않습니다.",
      en: "this script makes no user namespace",
    },
  },
  "prepare-rootfs": {
    says: {
      ko: "컨테이너가 쓴 파일이 쌓일 위층(`upperdir`)과 오버레이의 작업 폴더를 디스크에 만듭니다.",
      en: "Makes the upper layer, where the container's writes go, and overlayfs' work folder on the disk.",
    },
    shell: ({ host, diskFolder: folder }) => {
      const layer = initLayer(host.paths);
      return [
        `mkdir -p ${rootFolder(host.paths)} ${layer}/dev ${layer}/etc ${layer}/proc ${layer}/sys`,
        `touch ${layer}/etc/hostname ${layer}/etc/hosts ${layer}/etc/resolv.conf`,
        `mkdir -p -m 711 ${folder}`,
        `mkdir -m 755 ${folder}/upper`,
        `mkdir -m 700 ${folder}/work`,
      ];
    },
  },
};

export const deleteWords: Words<DeleteContext> = {
  "remove-cgroup": {
    says: {
      ko: "cgroup을 지웁니다. 프로세스가 남아 있으면 먼저 모두 끝냅니다.",
      en: "Removes the cgroup; what is still in it is killed first.",
    },
    shell: ({ host, id }) => {
      const cgroup = cgroupFolder(host.paths, id);
      return [`echo 1 > ${cgroup}/cgroup.kill; until rmdir ${cgroup} 2>/dev/null; do sleep 0.01; done`];
    },
  },
  "forget-state": {
    says: {
      ko: "상태 파일부터 지웁니다. 여기서 멈춰도 다음 호출이 나머지를 치웁니다.",
      en: "Removes the file of the state first: if all stops here, the next call clears the rest away.",
    },
    shell: ({ host, id }) => [`rm -f ${stateFolder(host.paths, id)}/state.json`],
  },
  "remove-rootfs": {
    says: {
      ko: "컨테이너가 쓴 파일이 든 위층을 지웁니다. 이미지의 레이어는 그대로입니다.",
      en: "Removes the upper layer with all that the container wrote; the image's layers stay.",
    },
    shell: ({ host, id }) => [`rm -rf ${diskFolder(host.paths, id)}`],
  },
  "remove-volumes": {
    says: {
      ko: "이 컨테이너만 쓰던 이름 없는 볼륨을 지웁니다.",
      en: "Removes the volumes without a name that were this container's alone.",
    },
    shell: ({ host, volumes }) => (volumes ?? []).map((name) => `rm -rf ${quoted(volumeFolder(host.paths, name))}`),
  },
  "release-name": {
    says: { ko: "이름을 내놓습니다.", en: "Gives the name back." },
    shell: ({ host, id, name }) => {
      const link = quoted(nameLink(host.paths, name));
      return [`[ "$(readlink ${link})" != ${id} ] || rm ${link}`];
    },
  },
  "remove-state": {
    says: { ko: "상태를 적어 둔 폴더를 지웁니다.", en: "Removes the folder with the state." },
    shell: ({ host, id }) => [`rm -rf ${stateFolder(host.paths, id)}`],
  },
};
