import { isLanguage } from "../../components/text/language.ts";
import { Workbench } from "../../components/workbench/workbench.tsx";

export default async function Page({ params }: { readonly params: Promise<{ lang: string }> }) {
  const { lang } = await params;
  return <Workbench language={isLanguage(lang) ? lang : "ko"} />;
}
