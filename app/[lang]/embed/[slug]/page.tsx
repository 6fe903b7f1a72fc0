import type { Metadata } from "next";
import { EmbedStage } from "../../../../components/embed/embed-stage.tsx";
import { embedText } from "../../../../components/embed/text.ts";
import { isLanguage, type Language } from "../../../../components/text/language.ts";
import { formatMegabytes } from "../../../../components/ui/format.ts";
import { LABS } from "../../../../embed/src/lab.ts";
import { readLessonText } from "../../../../lessons/read-lesson-text.ts";

interface PageProps {
  readonly params: Promise<{ lang: string; slug: string }>;
}

/** The site around decides the theme, so it comes with the address and not from storage. Before the first paint. */
const THEME_FROM_ADDRESS = `(function(){var t=new URLSearchParams(location.search).get("theme");
if(t==="light"||t==="dark")document.documentElement.dataset.theme=t})()`;

const DOWNLOAD_BYTES = Number(process.env.NEXT_PUBLIC_DOWNLOAD_BYTES ?? 0);

export const dynamicParams = false;

export function generateStaticParams() {
  return LABS.map((slug) => ({ slug }));
}

async function labOf({ params }: PageProps) {
  const { lang, slug } = await params;
  const language: Language = isLanguage(lang) ? lang : "ko";
  if (slug === "sandbox") return { language, ...embedText(language).sandbox, lesson: null };
  const text = await readLessonText(slug, language);
  return { language, title: text.title, summary: text.summary, lesson: { slug, text } };
}

export async function generateMetadata(props: PageProps): Promise<Metadata> {
  const { title } = await labOf(props);
  return { title: `${title} — Glassbox`, robots: { index: false } };
}

export default async function EmbedPage(props: PageProps) {
  const lab = await labOf(props);
  return (
    <>
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant. */}
      <script dangerouslySetInnerHTML={{ __html: THEME_FROM_ADDRESS }} />
      <EmbedStage {...lab} megabytes={DOWNLOAD_BYTES > 0 ? formatMegabytes(DOWNLOAD_BYTES) : null} />
    </>
  );
}
