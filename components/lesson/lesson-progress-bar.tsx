import type { Lesson } from "../../lib/lessons/lesson.ts";
import type { LessonText } from "../../lib/lessons/lesson-text.ts";
import styles from "./lesson-card.module.css";
import type { LessonCardText } from "./text.ts";

interface ProgressProps {
  readonly lesson: Lesson;
  readonly text: LessonText;
  readonly words: LessonCardText;
  readonly passed: number;
  readonly shown: number;
  readonly onShow: (index: number) => void;
}

/** One bar a step. A passed step can be read again; a later one has to be reached. */
export function LessonProgressBar({ lesson, text, words, passed, shown, onShow }: ProgressProps) {
  return (
    <ol className={styles.bars} aria-label={words.steps}>
      {lesson.steps.map((step, index) => {
        const state = index < passed ? "passed" : index === passed ? "current" : "later";
        const label = words.step(index + 1, text.steps[step.id]?.title ?? step.id, state);
        return (
          <li key={step.id}>
            <button
              type="button"
              data-state={state}
              aria-label={label}
              title={label}
              aria-current={index === shown ? "step" : undefined}
              disabled={state === "later"}
              onClick={() => onShow(index)}
            />
          </li>
        );
      })}
    </ol>
  );
}
