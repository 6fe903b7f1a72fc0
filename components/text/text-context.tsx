"use client";

import { createContext, type ReactNode, useContext } from "react";
import { en } from "./en.ts";
import { ko, type Text } from "./ko.ts";
import type { Language } from "./language.ts";

const TextContext = createContext<Text>(ko);

const TEXTS: Readonly<Record<Language, Text>> = { ko, en };

export function TextProvider({ language, children }: { readonly language: Language; readonly children: ReactNode }) {
  return <TextContext value={TEXTS[language]}>{children}</TextContext>;
}

export function useText(): Text {
  return useContext(TextContext);
}
