import type { Metadata } from "next";
import { LessonCard } from "../../../../components/lesson/lesson-card.tsx";
import { isLanguage, type Language } from "../../../../components/text/language.ts";
import { Workbench } from "../../../../components/workbench/workbench.tsx";
import { LESSONS } from "../../../../lessons/lessons.ts";
import { readLessonText } from "../../../../lessons/read-lesson-text.ts";

interface PageProps {
  readonly params: Promise<{ lang: string; slug: string }>;
}

export const dynamicParams = false;

export function generateStaticParams() {
  return LESSONS.map(({ slug }) => ({ slug }));
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { lang, slug } = await params;
  const { title } = await readLessonText(slug, lang);
  return { title: `${title} — Glassbox` };
}

export default async function LessonPage({ params }: PageProps) {
  const { lang, slug } = await params;
  const language: Language = isLanguage(lang) ? lang : "ko";
  const text = await readLessonText(slug, language);
  return <Workbench language={language} lesson={<LessonCard slug={slug} language={language} text={text} />} />;
}
