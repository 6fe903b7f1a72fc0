import type { Metadata } from "next";
import { LessonList } from "../../../components/lesson/lesson-list.tsx";
import { lessonCardText } from "../../../components/lesson/text.ts";
import { isLanguage, type Language } from "../../../components/text/language.ts";
import { LESSONS } from "../../../lessons/lessons.ts";
import { readLessonText } from "../../../lessons/read-lesson-text.ts";

interface PageProps {
  readonly params: Promise<{ lang: string }>;
}

const languageOf = async ({ params }: PageProps): Promise<Language> => {
  const { lang } = await params;
  return isLanguage(lang) ? lang : "ko";
};

export async function generateMetadata(props: PageProps): Promise<Metadata> {
  return { title: `${lessonCardText(await languageOf(props)).list.title} — Glassbox` };
}

export default async function LessonsPage(props: PageProps) {
  const language = await languageOf(props);
  const lessons = await Promise.all(
    LESSONS.map(async (lesson) => ({ lesson, text: await readLessonText(lesson.slug, language) })),
  );
  return <LessonList language={language} lessons={lessons} />;
}
