import type { Language } from "../text/language.ts";

const ko = {
  card: "학습",
  all: "학습 목록",
  steps: "단계",
  step: (index: number, title: string, state: "passed" | "current" | "later") =>
    `${index}단계, ${title}${{ passed: ", 통과", current: ", 지금", later: "" }[state]}`,
  count: (index: number, total: number) => `${index} / ${total}`,
  type: "입력하기",
  typeInto: { hvc0: "첫 번째 터미널에 입력하기", hvc2: "두 번째 터미널에 입력하기" },
  second: "두 번째 터미널",
  hint: "힌트",
  passed: (index: number) => `${index}단계 통과.`,
  complete: "다 해냈습니다",
  again: "처음부터",
  back: "지금 단계로",
  next: "샌드박스에서 더 해 보기",
  list: {
    title: "학습",
    lead: "글에서 읽은 것을 진짜 커널에서 손으로 확인합니다. 단계는 커널이 그렇다고 할 때만 넘어갑니다.",
    minutes: (minutes: number, steps: number) => `${minutes}분 · ${steps}단계`,
    begin: "시작하기",
  },
};

export type LessonCardText = typeof ko;

const en: LessonCardText = {
  card: "Lesson",
  all: "All lessons",
  steps: "Steps",
  step: (index, title, state) =>
    `Step ${index}, ${title}${{ passed: ", passed", current: ", current", later: "" }[state]}`,
  count: (index, total) => `${index} / ${total}`,
  type: "Type it",
  typeInto: { hvc0: "Type it into the first terminal", hvc2: "Type it into the second terminal" },
  second: "second terminal",
  hint: "Hint",
  passed: (index) => `Step ${index} passed.`,
  complete: "All done",
  again: "Start over",
  back: "To the current step",
  next: "Go on in the sandbox",
  list: {
    title: "Lessons",
    lead: "Try on a real kernel what the article says. A step is passed only when the kernel agrees.",
    minutes: (minutes, steps) => `${minutes} min · ${steps} steps`,
    begin: "Begin",
  },
};

export function lessonCardText(language: Language): LessonCardText {
  return language === "ko" ? ko : en;
}
