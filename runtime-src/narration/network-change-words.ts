/** Words for the networks themselves: network/create-network.ts, remove-network.ts and connect.ts. */
import type { Change } from "../container/run-change.ts";
import { type ConnectContext, endpointOf } from "../network/connect.ts";
import type { NetworkChange } from "../network/network-change.ts";
import { leasesFolder, nameLink, networkFile, networkFolder, networksFolder } from "../network/networks.ts";
import type { Sentence, Words } from "./step-words.ts";

/** As nft(8) is told the elements of a bridge. */
const elements = (verb: string, { network: { bridge, internal } }: NetworkChange): string[] => [
  `nft ${verb} element ip box bridges { "${bridge}" }`,
  `nft ${verb} element ip box same { "${bridge}" . "${bridge}" }`,
  ...(internal ? [`nft ${verb} element ip box internal { "${bridge}" }`] : []),
];

const lockNetworkWords: Words<Change> = {
  "lock-networks": {
    says: {
      ko: "네트워크를 만들거나 지우는 명령이 한 번에 하나만 돌도록 폴더를 잠그고, 도중에 끊긴 것을 치웁니다.",
      en: "Locks a folder, so that one command at a time makes or removes networks, and clears away what was cut short.",
    },
    shell: ({ host }) => [`exec 9<${networksFolder(host.paths)}`, "flock 9"],
  },
};

export const createNetworkWords: Words<NetworkChange> = {
  ...lockNetworkWords,
  "choose-subnet": {
    says: {
      ko: "다른 네트워크나 경로와 겹치지 않는 주소 범위를 고릅니다.",
      en: "Chooses a range of addresses that no other network and no route has.",
    },
    shell: () => ["ip -4 route show table main"],
  },
  "write-network": {
    says: {
      ko: "어떤 네트워크인지 파일에 적습니다. 옆의 `leases` 폴더에는 나눠 준 주소가 하나씩 들어갑니다.",
      en: "Writes down what the network is; the folder beside it will hold an entry for each address given away.",
    },
    shell: ({ host, network }) => [
      `mkdir -p ${leasesFolder(host.paths, network.id)}`,
      `mv ${networkFile(host.paths, network.id)}.new ${networkFile(host.paths, network.id)}`,
    ],
  },
  "make-bridge": {
    says: {
      ko: "브리지를 만들어 켭니다. 컨테이너의 랜선이 꽂힐 스위치이고, 브리지의 주소가 게이트웨이입니다.",
      en: "Makes the bridge and brings it up: the switch for the containers' cables, whose own address is their gateway.",
    },
    shell: ({ network: { bridge, gateway, subnet, mtu } }) => [
      `ip link add ${bridge} ${mtu === null ? "" : `mtu ${mtu} `}type bridge`,
      `ip addr add ${gateway}/${subnet.split("/")[1]} dev ${bridge}`,
      `ip link set ${bridge} up`,
      `echo 1 > /proc/sys/net/ipv4/conf/${bridge}/route_localnet`,
    ],
  },
  "add-rules": {
    says: {
      ko: "방화벽의 집합에 브리지 이름을 넣습니다. 이제 안에서는 서로 통하고, 밖으로는 주소가 바뀌어(NAT) 나갑니다.",
      en: "Adds the bridge's name to the firewall's sets: within it all may talk, and what leaves is masqueraded.",
    },
    shell: (c) => elements("add", c),
  },
  "name-network": {
    says: {
      ko: "이름을 붙입니다. 이 순간부터 네트워크가 보입니다.",
      en: "Gives it its name: from now on the network is seen.",
    },
    shell: ({ host, network }) => [`ln -s ${network.id} ${nameLink(host.paths, network.name)}`],
  },
};

export const removeNetworkWords: Words<NetworkChange> = {
  ...lockNetworkWords,
  "close-network": {
    says: {
      ko: "주소를 나눠 주던 폴더를 지웁니다. 비어 있을 때만 지워지고, 지워지면 아무도 새로 들어올 수 없습니다.",
      en: "Removes the folder of addresses: that works only when it is empty, and then nobody can join any more.",
    },
    shell: ({ host, network }) => [`rmdir ${leasesFolder(host.paths, network.id)}`],
  },
  "remove-rules": {
    says: {
      ko: "방화벽의 집합에서 브리지 이름을 뺍니다.",
      en: "Takes the bridge's name out of the firewall's sets.",
    },
    shell: (c) => elements("delete", c),
  },
  "remove-bridge": {
    says: { ko: "브리지를 없앱니다.", en: "Removes the bridge." },
    shell: ({ network }) => [`ip link del ${network.bridge}`],
  },
  "release-name": {
    says: {
      ko: "이름을 놓아줍니다. 다른 네트워크가 쓸 수 있습니다.",
      en: "Lets go of the name: another network may have it.",
    },
    shell: ({ host, network }) => [`rm ${nameLink(host.paths, network.name)}`],
  },
  "remove-network": {
    says: { ko: "네트워크를 적어 둔 파일을 지웁니다.", en: "Removes what was written about the network." },
    shell: ({ host, network }) => [`rm -r ${networkFolder(host.paths, network.id)}`],
  },
};

const OWN_RECORD: Sentence = {
  ko: "런타임이 스스로 적어 두는 일이라 명령이 없습니다.",
  en: "it is the runtime's own record",
};

export const connectWords: Words<ConnectContext> = {
  "take-address": {
    says: {
      ko: "네트워크에서 비어 있는 주소를 하나 차지합니다.",
      en: "Takes a free address of the network.",
    },
    shell: () => [],
    beyondShell: OWN_RECORD,
  },
  "plug-in": {
    says: {
      ko: "가상 랜선(veth)의 한쪽을 브리지에, 다른 쪽을 돌고 있는 컨테이너에 꽂습니다.",
      en: "Plugs one end of a virtual cable (veth) into the bridge, the other into the running container.",
    },
    shell: ({ network, number, pid, endpoint }) => [
      `ip link add ${endpoint?.veth} type veth peer name eth${number} netns ${pid}`,
      `ip link set ${endpoint?.veth} master ${network.bridge} up`,
    ],
  },
  "set-address": {
    says: {
      ko: "컨테이너 안에서 장치에 주소를 붙이고 켭니다.",
      en: "Gives the device inside its address and brings it up.",
    },
    shell: (c) => {
      const { device, address, prefix } = endpointOf(c);
      return [
        `nsenter --target ${c.pid} --net ip addr add ${address}/${prefix} dev ${device}`,
        `nsenter --target ${c.pid} --net ip link set ${device} up`,
      ];
    },
  },
  "write-state": {
    says: {
      ko: "컨테이너가 어느 네트워크에 있는지 적어 둡니다.",
      en: "Notes on which networks the container is.",
    },
    shell: () => [],
    beyondShell: OWN_RECORD,
  },
};
