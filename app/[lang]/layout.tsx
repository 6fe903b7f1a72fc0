import "../../components/ui/fonts.css";
import "../../components/ui/tokens.css";
import "../../components/ui/base.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { en } from "../../components/text/en.ts";
import { ko } from "../../components/text/ko.ts";
import { isLanguage, LANGUAGES } from "../../components/text/language.ts";
import { THEME_SCRIPT } from "../../components/ui/theme.ts";

interface LayoutProps {
  readonly children: ReactNode;
  readonly params: Promise<{ lang: string }>;
}

export const dynamicParams = false;

export function generateStaticParams() {
  return LANGUAGES.map((lang) => ({ lang }));
}

export async function generateMetadata({ params }: LayoutProps): Promise<Metadata> {
  const { lang } = await params;
  const text = lang === "en" ? en : ko;
  return {
    title: text.title,
    description: text.description,
    alternates: { languages: { ko: "/ko/", en: "/en/" } },
  };
}

export const viewport: Viewport = { width: "device-width", initialScale: 1, interactiveWidget: "resizes-content" };

export default async function LanguageLayout({ children, params }: LayoutProps) {
  const { lang } = await params;
  return (
    <html lang={isLanguage(lang) ? lang : "ko"} data-theme="dark" suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant, before the first paint. */}
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>{children}</body>
    </html>
  );
}
