/** Words for the network's steps (network/attach-steps.ts, and those of init and of a removal that belong to it). */
import type { CreateContext } from "../container/create-context.ts";
import type { DeleteContext } from "../container/delete-steps.ts";
import type { InitContext } from "../container/init-context.ts";
import { readNetwork } from "../network/networks.ts";
import type { Sentence, Words } from "./step-words.ts";

const ALONE: Sentence = {
  ko: "스크립트의 컨테이너에는 루프백만 있습니다. 주소를 나눠 쓰는 장부와 nftables를 다룰 명령이 이 게스트에 없습니다.",
  en: "the script's container has a loopback only: leases are the runtime's own, and no command here speaks nftables",
};

export const networkWords: Words<CreateContext> = {
  "take-address": {
    says: {
      ko: "네트워크마다 비어 있는 주소를 하나씩 차지합니다.",
      en: "Takes a free address of each network.",
    },
    shell: () => [],
    beyondShell: ALONE,
  },
  "publish-ports": {
    says: {
      ko: "호스트의 포트로 온 연결을 컨테이너로 보내는 NAT 규칙을 넣습니다.",
      en: "Adds the NAT rule that sends what comes to the host's port into the container.",
    },
    shell: ({ ports, endpoints }) =>
      ports.map(
        ({ protocol, hostAddress, hostPort, port }) =>
          `nft add rule ip box ports ${hostAddress === "0.0.0.0" ? "" : `ip daddr ${hostAddress} `}${protocol} dport ${hostPort} dnat to ${endpoints.find(({ gateway }) => gateway !== null)?.address}:${port}`,
      ),
    script: () => [],
    beyondShell: ALONE,
  },
  "create-veth": {
    says: {
      ko: "가상 랜선(veth)을 하나 만들어 한쪽은 브리지에, 다른 쪽은 컨테이너에 꽂습니다.",
      en: "Makes a virtual cable (veth): one end goes to the bridge, the other into the container.",
    },
    shell: ({ endpoints, pid, host }) =>
      endpoints.flatMap(({ veth, device, networkId }) => [
        `ip link add ${veth} type veth peer name ${device} netns ${pid}`,
        `ip link set ${veth} master ${readNetwork(host.paths, networkId)?.bridge ?? "docker0"} up`,
      ]),
    script: () => [],
    beyondShell: ALONE,
  },
  "open-resolver": {
    says: {
      ko: "컨테이너의 이름을 주소로 바꿔 주는 DNS 소켓을 컨테이너의 네트워크 안에 엽니다.",
      en: "Opens a DNS socket inside the container's network, which knows the containers by name.",
    },
    shell: () => [],
    beyondShell: ALONE,
  },
};

export const ownNetworkWords: Words<InitContext> = {
  "configure-network": {
    says: {
      ko: "컨테이너 안의 장치에 주소를 붙이고, 켜고, 나가는 길을 정합니다.",
      en: "Gives the device inside its address, brings it up, and sets the way out.",
    },
    shell: ({ endpoints }) => [
      "ip link set lo up",
      ...endpoints.flatMap(({ device, address, prefix, gateway }) => [
        `ip addr add ${address}/${prefix} dev ${device}`,
        `ip link set ${device} up`,
        ...(gateway === null ? [] : [`ip route add default via ${gateway}`]),
      ]),
    ],
  },
};

export const leaveNetworkWords: Words<DeleteContext> = {
  "leave-networks": {
    says: {
      ko: "가상 랜선을 뽑고 주소와 포트를 돌려줍니다.",
      en: "Pulls the virtual cable out, and gives addresses and ports back.",
    },
    shell: ({ network }) => (network?.endpoints ?? []).map(({ veth }) => `ip link del ${veth}`),
    script: () => [],
  },
};
