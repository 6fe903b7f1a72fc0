import type { Lesson } from "../lib/lessons/lesson.ts";
import { pidNamespace } from "./pid-namespace/lesson.ts";

/** In the order in which they are taught. */
export const LESSONS: readonly Lesson[] = [pidNamespace];

export function lessonOf(slug: string): Lesson {
  const lesson = LESSONS.find((candidate) => candidate.slug === slug);
  if (!lesson) throw new Error(`${slug}: no such lesson; there are ${LESSONS.map((known) => known.slug).join(", ")}`);
  return lesson;
}
