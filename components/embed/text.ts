import type { Language } from "../text/language.ts";

const ko = {
  kind: "Glassbox 실습",
  start: "시작하기",
  size: (megabytes: string) => `${megabytes} MB를 내려받습니다`,
  starting: "준비하는 중",
  failed: "실습을 내려받지 못했습니다. 네트워크를 확인하고 다시 눌러 주세요.",
  mistaken: "이 실습을 넣은 주소에 잘못된 값이 있어 시작할 수 없습니다.",
  promise: "설치도 계정도 필요 없습니다. 진짜 리눅스 커널이 이 창 안에서 돌아갑니다.",
  open: "새 창에서 열기",
  region: "실습",
  sandbox: {
    title: "글 속의 리눅스",
    summary: "터미널에서 컨테이너를 만들고, 커널이 무엇을 갈라놓는지 바로 옆에서 봅니다.",
  },
};

export type EmbedText = typeof ko;

const en: EmbedText = {
  kind: "Glassbox lab",
  start: "Start",
  size: (megabytes) => `downloads ${megabytes} MB`,
  starting: "Getting ready",
  failed: "The lab could not be loaded. Check the network and press again.",
  mistaken: "The address that put this lab here has a wrong value, so it cannot start.",
  promise: "Nothing to install, no account: a real Linux kernel runs in this window.",
  open: "Open in a new window",
  region: "Lab",
  sandbox: {
    title: "A Linux inside the article",
    summary: "Make containers in a terminal and see beside it what the kernel sets apart.",
  },
};

export function embedText(language: Language): EmbedText {
  return language === "ko" ? ko : en;
}
