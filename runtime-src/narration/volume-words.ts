/** Words for container/create-volume.ts and remove-volume.ts. */
import type { CreateVolumeChange } from "../container/create-volume.ts";
import type { RemoveVolumeChange } from "../container/remove-volume.ts";
import type { Change } from "../container/run-change.ts";
import { volumeData, volumeFile, volumeFolder, volumesFolder } from "../container/volumes.ts";
import { quoted, type Words } from "./step-words.ts";

const lockVolumeWords: Words<Change> = {
  "lock-volumes": {
    says: {
      ko: "볼륨을 만들거나 지우는 명령이 한 번에 하나만 돌도록 폴더를 잠그고, 도중에 끊긴 것을 치웁니다.",
      en: "Locks a folder, so that one command at a time makes or removes volumes, and clears away what was cut short.",
    },
    shell: ({ host }) => [`exec 9<${volumesFolder(host.paths)}`, "flock 9"],
  },
};

export const createVolumeWords: Words<CreateVolumeChange> = {
  ...lockVolumeWords,
  "make-volume-folder": {
    says: {
      ko: "볼륨의 파일이 들어갈 폴더를 만듭니다. 컨테이너에는 이 폴더가 마운트됩니다.",
      en: "Makes the folder for the volume's files: what a container gets is a mount of this folder.",
    },
    shell: ({ host, volume }) => [`mkdir -p ${volumeData(host.paths, volume.name)}`],
  },
  "fill-volume": {
    says: {
      ko: "새 볼륨에는 이미지가 그 자리에 두었던 파일을 옮겨 담습니다.",
      en: "Copies into a new volume what the image has at its place.",
    },
    shell: ({ host, volume, fill }) => [
      `cp -a IMAGE${quoted(fill?.path ?? "")}/. ${volumeData(host.paths, volume.name)}/`,
    ],
  },
  "write-volume": {
    says: {
      ko: "볼륨의 이름과 레이블을 파일에 적습니다. 이 순간부터 볼륨이 보입니다.",
      en: "Writes its name and labels to a file: from now on the volume is seen.",
    },
    shell: ({ host, volume }) => [
      `mv ${volumeFile(host.paths, volume.name)}.new ${volumeFile(host.paths, volume.name)}`,
    ],
  },
};

export const removeVolumeWords: Words<RemoveVolumeChange> = {
  ...lockVolumeWords,
  "forget-volume": {
    says: {
      ko: "볼륨을 적어 둔 파일을 지웁니다. 여기서 끊겨도 남은 폴더는 다음 명령이 치웁니다.",
      en: "Removes the file that says what the volume is; if all stops here, the next command clears the folder away.",
    },
    shell: ({ host, name }) => [`rm ${volumeFile(host.paths, name)}`],
  },
  "remove-volume-files": {
    says: { ko: "볼륨의 파일을 지웁니다.", en: "Removes the volume's files." },
    shell: ({ host, name }) => [`rm -rf ${volumeFolder(host.paths, name)}`],
  },
};
