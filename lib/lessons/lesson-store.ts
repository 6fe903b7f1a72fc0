import { createStore, type StoreApi } from "zustand/vanilla";
import type { MachineNotice } from "../protocol/machine.ts";
import type { Lesson } from "./lesson.ts";
import { advance, type LessonProgress, NOT_STARTED, rebase } from "./progress.ts";

export type LessonStore = StoreApi<LessonProgress>;

interface NoticeSource {
  subscribe(listener: (notice: MachineNotice) => void): () => void;
}

export function createLessonStore(): LessonStore {
  return createStore<LessonProgress>(() => NOT_STARTED);
}

/** Sees every snapshot, not only the one of a frame that panels draw: what a check looks for may live for 10 ms. */
export function followLesson(store: LessonStore, lesson: Lesson, machine: NoticeSource): () => void {
  return machine.subscribe((notice) => {
    if (notice.type === "snapshot")
      store.setState((progress) => advance(lesson, progress, notice.snapshot, notice.events), true);
    else if (notice.type === "boot-state" && (notice.boot.state === "restoring" || notice.boot.state === "booting"))
      store.setState(rebase, true);
  });
}
