import type { ReactNode } from "react";

/** What a lesson says in one language; compiled from its MDX while the page is built. */
export interface LessonText {
  readonly title: string;
  readonly summary: ReactNode;
  readonly steps: Readonly<Record<string, StepText>>;
}

export interface StepText {
  readonly title: string;
  readonly body: ReactNode;
  /** What the kernel has just shown. */
  readonly done: ReactNode;
  readonly hint: ReactNode;
}
