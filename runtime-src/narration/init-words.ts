/** Words for the first two parts of a container's init: its namespaces and its root (container/init-*-steps.ts). */
import { DEVICES, LINKS } from "../container/dev.ts";
import type { InitContext } from "../container/init-context.ts";
import { presentPaths } from "../container/kernel-paths.ts";
import { overlayData } from "../container/root-mounts.ts";
import { offsetLines } from "../container/time-offsets.ts";
import { bindCommands, fileSystemCommands } from "./mount-commands.ts";
import { quoted, type Words } from "./step-words.ts";

const SAFE = "nosuid,nodev,noexec";
const safe = (privileged: boolean): string => (privileged ? SAFE : `ro,${SAFE}`);

export const namespaceWords: Words<InitContext> = {
  "await-parent": {
    says: {
      ko: "밖에서 해 줄 일이 끝날 때까지 기다립니다.",
      en: "Waits until what has to be done for it from outside is done.",
    },
    shell: () => ["read -r go < SOCKET"],
    script: () => [],
  },
  "become-root": {
    says: {
      ko: "새 사용자 네임스페이스에서 root가 됩니다. 밖에서는 여전히 일반 사용자입니다.",
      en: "Becomes root of the new user namespace; outside it stays an ordinary user.",
    },
    shell: () => ["setpriv --reuid=0 --regid=0 --clear-groups bash"],
    script: () => [],
  },
  "private-mounts": {
    says: {
      ko: "여기서 하는 마운트가 호스트로 퍼지지 않게 합니다.",
      en: "Keeps the mounts that follow from spreading to the host.",
    },
    shell: () => ["mount --make-rprivate /"],
  },
  "unshare-cgroup": {
    says: {
      ko: "자기 cgroup이 맨 위로 보이도록 cgroup 네임스페이스를 만듭니다.",
      en: "Makes a cgroup namespace, in which its own cgroup is the top of the tree.",
    },
    shell: () => ["exec unshare --cgroup bash"],
    script: () => [],
    beyondShell: {
      ko: "위의 `unshare`가 함께 만들었습니다. 셸은 이미 그 cgroup 안에 있었습니다.",
      en: "unshare above has made it with the others: the shell was in the cgroup already",
    },
  },
  "set-hostname": {
    says: {
      ko: "컨테이너의 호스트 이름을 정합니다. 호스트의 이름은 바뀌지 않습니다.",
      en: "Sets the container's host name; the host keeps its own.",
    },
    shell: ({ spec }) => [
      ...(spec.hostname ? [`hostname ${quoted(spec.hostname)}`] : []),
      ...(spec.domainname ? [`echo ${quoted(spec.domainname)} > /proc/sys/kernel/domainname`] : []),
    ],
  },
  "loopback-up": {
    says: {
      ko: "새 네트워크 네임스페이스의 루프백을 켭니다. 처음에는 꺼져 있습니다.",
      en: "Brings up the loopback device, which is down in a new network namespace.",
    },
    shell: () => ["ip link set lo up"],
  },
  "set-clocks": {
    says: {
      ko: "컨테이너의 시계를 옮깁니다. 안에 프로세스가 없을 때만 할 수 있습니다.",
      en: "Shifts the container's clocks, which is possible only while nobody is in the namespace.",
    },
    shell: ({ spec }) => [
      `exec unshare --time ${offsetLines(spec)
        .map((line) => `--${line.split(" ").slice(0, 2).join(" ")}`)
        .join(" ")} bash`,
    ],
  },
};

export const rootWords: Words<InitContext> = {
  "mount-root": {
    says: {
      ko: "이미지의 레이어들과 위층을 겹쳐 루트 파일시스템을 만듭니다.",
      en: "Lays the image's layers and the upper one over each other: the root file system.",
    },
    shell: (c) => [`mount -t overlay -o ${quoted(overlayData(c))} overlay ${c.rootPath}`],
  },
  "open-volumes": {
    says: {
      ko: "밖에서 가져올 파일과 폴더를 미리 쥐어 둡니다. 루트가 바뀌면 이름으로 찾을 수 없습니다.",
      en: "Takes hold of what comes from outside, while it can still be named.",
    },
    shell: (c) => bindCommands(c),
  },
  "pivot-root": {
    says: {
      ko: "루트를 바꿉니다. 옛 루트는 새 루트 위에 잠시 겹쳐 있습니다.",
      en: "Changes the root; for a moment the old one lies over the new one.",
    },
    shell: ({ rootPath }) => [`cd ${rootPath}`, "pivot_root . ."],
  },
  "mount-proc": {
    says: {
      ko: "컨테이너의 프로세스만 보이는 `/proc`을 마운트합니다.",
      en: "Mounts a /proc that shows the container's processes only.",
    },
    shell: () => [`mount -t proc -o ${SAFE} proc /proc`],
  },
  "mount-dev": {
    says: {
      ko: "`/dev`와 그 아래의 터미널, 공유 메모리, 메시지 큐를 마운트합니다.",
      en: "Mounts /dev, and below it terminals, shared memory and message queues.",
    },
    shell: ({ spec }) => [
      "mount -t tmpfs -o nosuid,strictatime,mode=755,size=65536k tmpfs /dev",
      "mkdir -m 755 /dev/pts /dev/shm /dev/mqueue",
      "mount -t devpts -o nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5 devpts /dev/pts",
      `mount -t tmpfs -o ${SAFE},mode=1777,size=${spec.shmSizeBytes} shm /dev/shm`,
      `mount -t mqueue -o ${SAFE} mqueue /dev/mqueue`,
    ],
  },
  "make-devices": {
    says: {
      ko: "어느 컨테이너에나 있는 장치 파일과 링크를 만듭니다.",
      en: "Makes the device files and links that every container has.",
    },
    shell: ({ spec }) => [
      ...DEVICES.map(([name, major, minor]) => `mknod -m 666 /dev/${name} c ${major} ${minor}`),
      ...LINKS.map(([name, target]) => `ln -s ${target} /dev/${name}`),
      ...spec.devices.map(
        ({ path, type, major, minor, fileMode }) =>
          `mknod -m ${(fileMode & 0o777).toString(8)} ${quoted(path)} ${type} ${type === "p" ? "" : `${major} ${minor}`}`,
      ),
    ],
  },
  "mount-sys": {
    says: {
      ko: "장치와 커널의 정보를 보여 주는 `/sys`를 읽기 전용으로 마운트합니다.",
      en: "Mounts /sys, which shows devices and the kernel, for reading only.",
    },
    shell: ({ spec }) => [`mount -t sysfs -o ${safe(spec.privileged)} sysfs /sys`],
  },
  "mount-cgroup": {
    says: {
      ko: "컨테이너가 자기 한도를 볼 수 있도록 cgroup 트리를 마운트합니다.",
      en: "Mounts the tree of cgroups, so that the container can see its own limits.",
    },
    shell: ({ spec }) => [`mount -t cgroup2 -o ${safe(spec.privileged)} cgroup /sys/fs/cgroup`],
  },
  "attach-volumes": {
    says: {
      ko: "쥐어 둔 파일과 폴더를 제자리에 붙입니다.",
      en: "Puts what it has taken hold of in its place.",
    },
    shell: (c) => fileSystemCommands(c),
    beyondShell: {
      ko: "바인드 마운트는 위에서 이미 붙였습니다. 셸에는 open_tree(2)와 move_mount(2)가 없습니다.",
      en: "bind mounts were made above: a shell has neither open_tree(2) nor move_mount(2)",
    },
  },
  "set-sysctls": {
    says: {
      ko: "컨테이너의 네임스페이스에만 있는 커널 값을 정합니다.",
      en: "Sets kernel values that belong to the container's namespaces alone.",
    },
    shell: ({ spec }) =>
      spec.sysctls.map((entry) => {
        const at = entry.indexOf("=");
        return `echo ${quoted(entry.slice(at + 1))} > /proc/sys/${entry.slice(0, at).replaceAll(".", "/")}`;
      }),
  },
  "mask-paths": {
    says: {
      ko: "`/proc`과 `/sys`에서 머신 전체를 보여 주는 곳을 가립니다.",
      en: "Covers what shows the whole machine in /proc and /sys.",
    },
    shell: ({ spec }) =>
      (spec.maskedPaths === "default" ? presentPaths().masked : spec.maskedPaths).map(
        (path) =>
          `if [ -d ${path} ]; then mount -t tmpfs -o ro,size=0k,nr_inodes=1 tmpfs ${path}; else mount --bind /dev/null ${path}; fi`,
      ),
  },
  "readonly-paths": {
    says: {
      ko: "커널 설정을 바꿀 수 있는 곳을 읽기 전용으로 만듭니다.",
      en: "Makes read-only what would change the kernel's settings.",
    },
    shell: ({ spec }) =>
      (spec.readonlyPaths === "default" ? presentPaths().readonly : spec.readonlyPaths).flatMap((path) => [
        `mount --rbind ${path} ${path}`,
        `mount -o remount,bind,ro,${SAFE} none ${path}`,
      ]),
  },
  "detach-old-root": {
    says: {
      ko: "옛 루트를 떼어 냅니다. 이제 호스트의 파일로 가는 길이 없습니다.",
      en: "Takes the old root away: no path leads to the host's files any more.",
    },
    shell: () => ["umount -l ."],
  },
};
