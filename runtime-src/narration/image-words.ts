/** Words for the changes of images: image/image-change.ts, and the tables of load, import, commit, save and rmi. */
import { cgroupFolder } from "../container/paths.ts";
import { ARCHIVE } from "../image/archive.ts";
import type { LayerChange } from "../image/commit.ts";
import type { ImageChange } from "../image/image-change.ts";
import type { RemoveChange } from "../image/remove.ts";
import { blobIn, indexFile, ownImages, ownLayer, workFolder } from "../image/store.ts";
import { quoted, type Words } from "./step-words.ts";

const work = ({ host }: ImageChange): string => workFolder(host.paths);

/** Of what every change begins and ends with. */
export const changeWords: Words<ImageChange> = {
  "lock-images": {
    says: {
      ko: "이미지를 바꾸는 명령이 한 번에 하나만 돌도록 파일을 잠급니다.",
      en: "Locks a file, so that only one command at a time changes the images.",
    },
    shell: ({ host }) => [`exec 9>${ownImages(host.paths)}/lock`, "flock 9"],
  },
  "make-work-folder": {
    says: {
      ko: "만드는 중인 것을 둘 폴더를 만듭니다. 도중에 끊기면 다음 명령이 이 폴더를 보고 치웁니다.",
      en: "Makes a folder for what is being made; if all stops here, the next command finds it and clears it away.",
    },
    shell: (c) => [`mkdir -m 700 ${work(c)}`],
  },
  "remove-work-folder": {
    says: { ko: "그 폴더를 지웁니다.", en: "Removes that folder." },
    shell: (c) => [`rm -r ${work(c)}`],
  },
};

export const indexWords: Words<ImageChange> = {
  "write-index": {
    says: {
      ko: "이미지 목록을 새 파일에 쓰고 이름을 바꿉니다. 이 순간부터 바뀐 목록이 보입니다.",
      en: "Writes the list of images to a new file that then takes the old one's name: from now on it is seen.",
    },
    shell: (c) => [`mv ${work(c)}/index.json ${indexFile(ownImages(c.host.paths))}`],
  },
};

/** Of what brings layers. */
export const keepWords: Words<ImageChange> = {
  "keep-layers": {
    says: {
      ko: "풀어 둔 레이어를 내용의 해시를 이름으로 하는 자리로 옮깁니다.",
      en: "Moves each unpacked layer to its place, which is named by the hash of its content.",
    },
    shell: ({ host, layers }) =>
      layers.map(({ folder, descriptor }) => `mv ${folder} ${ownLayer(host.paths, descriptor.digest)}`),
  },
  "write-blobs": {
    says: {
      ko: "이미지의 설정과 매니페스트를 내용의 해시를 이름으로 하는 파일로 둡니다.",
      en: "Puts the image's config and manifest in files that are named by the hash of their content.",
    },
    shell: (c) => c.entries.map(({ digest }) => `mv ${work(c)}/blob ${blobIn(ownImages(c.host.paths), digest)}`),
  },
  ...indexWords,
};

export const loadWords: Words<ImageChange> = {
  "unpack-archive": {
    says: {
      ko: "아카이브를 한 번에 읽으며 레이어마다 폴더 하나에 풉니다.",
      en: "Reads the archive in one pass and unpacks each layer into a folder of its own.",
    },
    shell: (c) => [`${ARCHIVE} load --folder ${work(c)} < FILE`],
  },
  "check-images": {
    says: {
      ko: "설정과 레이어의 해시가 매니페스트에 적힌 것과 같은지 확인합니다.",
      en: "Holds the hashes of configs and layers against what the manifest says.",
    },
    shell: () => [],
    beyondShell: {
      ko: "해시는 아카이브를 푼 프로그램이 읽으면서 이미 계산해 두었습니다.",
      en: "the program that unpacked the archive has computed the hashes while it read",
    },
  },
};

export const importWords: Words<ImageChange> = {
  "unpack-layer": {
    says: {
      ko: "tar 파일을 풀어 레이어 하나로 만듭니다.",
      en: "Unpacks the tar file: it becomes one layer.",
    },
    shell: (c) => [`${ARCHIVE} unpack --folder ${work(c)}/root < FILE`],
  },
};

const freezeCommand = ({ host, frozen }: LayerChange, value: number): string[] =>
  frozen ? [`echo ${value} > ${cgroupFolder(host.paths, frozen.id)}/cgroup.freeze`] : [];

export const commitWords: Words<LayerChange> = {
  freeze: {
    says: {
      ko: "파일이 반쯤 쓰인 채로 담기지 않도록 컨테이너를 멈춰 둡니다.",
      en: "Freezes the container, so that no file is taken half written.",
    },
    shell: (c) => freezeCommand(c, 1),
  },
  "pack-changes": {
    says: {
      ko: "컨테이너의 위층(`upperdir`)을 레이어로 묶습니다. 오버레이의 가림 파일은 레이어의 가림 파일로 바뀝니다.",
      en: "Packs the container's upper layer: overlayfs' whiteouts become those of an image layer.",
    },
    shell: (c) => [`${ARCHIVE} pack --root ${quoted(c.upper)} --layer | ${ARCHIVE} unpack --folder ${work(c)}/changes`],
  },
  thaw: {
    says: { ko: "컨테이너를 다시 움직이게 합니다.", en: "Lets the container go on." },
    shell: (c) => freezeCommand(c, 0),
  },
};

export const saveWords: Words<ImageChange> = {
  "write-archive": {
    says: {
      ko: "레이어의 tar 파일을 원래와 똑같이 다시 만들어 아카이브에 씁니다.",
      en: "Makes the layers' tar files again, byte for byte, and writes them into the archive.",
    },
    shell: () => [`${ARCHIVE} bundle < PLAN > FILE`],
  },
};

export const removeWords: Words<RemoveChange> = {
  "choose-images": {
    says: {
      ko: "무엇을 지워도 되는지 봅니다. 컨테이너가 쓰는 이미지는 남깁니다.",
      en: "Looks what may go: an image that a container uses stays.",
    },
    shell: () => [],
    beyondShell: { ko: "읽고 판단하는 일이라 명령이 없습니다.", en: "it only reads and decides" },
  },
  "put-aside": {
    says: {
      ko: "이제 아무도 쓰지 않는 레이어와 파일을 치울 폴더로 옮깁니다.",
      en: "Moves the layers and files that nobody needs any more into the folder that will go.",
    },
    shell: ({ moves }) => moves.map(([from, to]) => `mv ${from} ${to}`),
  },
};
