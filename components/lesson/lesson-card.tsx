"use client";

import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { lessonOf } from "../../lessons/lessons.ts";
import { createLessonStore, followLesson } from "../../lib/lessons/lesson-store.ts";
import type { LessonText } from "../../lib/lessons/lesson-text.ts";
import { restart } from "../../lib/lessons/progress.ts";
import type { Language } from "../text/language.ts";
import { useSession } from "../workbench/session-context.tsx";
import styles from "./lesson-card.module.css";
import { LessonComplete } from "./lesson-complete.tsx";
import { LessonProgressBar } from "./lesson-progress-bar.tsx";
import { LessonStepView } from "./lesson-step-view.tsx";
import { lessonCardText } from "./text.ts";

interface LessonCardProps {
  readonly slug: string;
  readonly language: Language;
  readonly text: LessonText;
}

/**
 * The steps lie on top of each other and all take part in the layout, so that the card keeps its height from step to
 * step: a terminal below it that changed its size would redraw what the visitor is reading.
 */
export function LessonCard({ slug, language, text }: LessonCardProps) {
  const words = lessonCardText(language);
  const lesson = lessonOf(slug);
  const { client, kernel } = useSession();
  const [store] = useState(createLessonStore);
  const passed = useStore(store, (progress) => progress.passed);
  const [looking, setLooking] = useState<{ at: number; since: number } | null>(null);
  useEffect(() => followLesson(store, lesson, client), [store, lesson, client]);

  // A look back at an earlier step ends when the lesson goes on.
  const shown = looking && looking.since === passed ? looking.at : passed;
  const lastDone = text.steps[lesson.steps[passed - 1]?.id ?? ""]?.done;
  const startOver = () => {
    store.setState(restart(kernel.getState().snapshot), true);
    setLooking(null);
  };
  return (
    <section
      className={styles.card}
      aria-label={`${words.card}: ${text.title}`}
      data-lesson={slug}
      data-passed={passed}
    >
      <div className={styles.top}>
        <div className={styles.said}>
          {lesson.steps.map(({ id }) => (
            <p key={id} className={styles.done} data-passed data-sizer aria-hidden="true">
              {text.steps[id]?.done}
            </p>
          ))}
          <p className={styles.done} role="status" data-passed={passed > 0 || undefined}>
            {passed > 0 ? (
              <>
                <span className="visually-hidden">{words.passed(passed)} </span>
                {lastDone}
              </>
            ) : (
              text.title
            )}
          </p>
        </div>
        <span className={styles.count}>
          {words.count(Math.min(passed + 1, lesson.steps.length), lesson.steps.length)}
        </span>
      </div>
      <div className={styles.steps}>
        {lesson.steps.map((step, index) => (
          <LessonStepView
            key={step.id}
            step={step}
            text={text.steps[step.id]}
            words={words}
            shown={index === shown}
            passed={index < passed}
          />
        ))}
        <LessonComplete
          language={language}
          words={words}
          shown={shown >= lesson.steps.length}
          summary={text.summary}
          onAgain={startOver}
        />
      </div>
      <LessonProgressBar
        lesson={lesson}
        text={text}
        words={words}
        passed={passed}
        shown={shown}
        onShow={(at) => setLooking(at === passed ? null : { at, since: passed })}
      />
    </section>
  );
}
