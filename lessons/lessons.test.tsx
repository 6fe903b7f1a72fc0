import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { LANGUAGES } from "../components/text/language.ts";
import { LESSONS, lessonOf } from "./lessons.ts";
import { readLessonText } from "./read-lesson-text.ts";

describe.each(LESSONS.flatMap((lesson) => LANGUAGES.map((language) => ({ lesson, language }))))(
  "$lesson.slug in $language",
  async ({ lesson, language }) => {
    const text = await readLessonText(lesson.slug, language);

    test("has a text for each step and no other", () => {
      expect(Object.keys(text.steps)).toEqual(lesson.steps.map((step) => step.id));
    });

    test.each(lesson.steps.map((step) => step.id))("%s says what to do, what happened and a way out", (id) => {
      const { title, body, done, hint } = text.steps[id] ?? {};
      for (const part of [title, body, done, hint]) {
        const html = renderToStaticMarkup(part);
        expect(html.length).toBeGreaterThan(5);
        expect(html).not.toMatch(/`|은\(는\)|을\(를\)/);
      }
    });
  },
);

test("an unknown lesson is an error that names the known ones", () => {
  expect(() => lessonOf("nope")).toThrow(/nope: no such lesson; there are pid-namespace/);
});
