"use client";

import { type ComponentType, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { readAddress } from "../../embed/src/lab-address.ts";
import type { LabState } from "../../embed/src/messages.ts";
import type { LessonText } from "../../lib/lessons/lesson-text.ts";
import type { Language } from "../text/language.ts";
import type { EmbedLabProps } from "./embed-lab.tsx";
import { createLabScript, type LabScript } from "./lab-script.ts";
import { answerParent } from "./parent-bridge.ts";
import { Poster } from "./poster.tsx";

interface StageProps {
  readonly language: Language;
  readonly title: string;
  readonly summary: ReactNode;
  readonly megabytes: string | null;
  readonly lesson: { readonly slug: string; readonly text: LessonText } | null;
}

type Stage =
  | { readonly at: "waiting" | "starting" | "failed" }
  /** The lab's address asks for something that there is not; its author has to be told. */
  | { readonly at: "mistaken"; readonly mistake: string }
  | {
      readonly at: "lab";
      readonly Lab: ComponentType<EmbedLabProps>;
      readonly asked: EmbedLabProps["asked"];
      readonly byReader: boolean;
    };

const LAB_STATES: Readonly<Record<Stage["at"], LabState>> = {
  waiting: "poster",
  starting: "starting",
  failed: "failed",
  mistaken: "failed",
  lab: "starting",
};

/** A poster until the reader, or the page around, says start. Only then anything of the lab is requested. */
export function EmbedStage({ language, lesson, ...poster }: StageProps) {
  const [stage, setStage] = useState<Stage>({ at: "waiting" });
  const script = useRef<LabScript>(null);
  script.current ??= createLabScript();
  const busy = useRef(false);

  const start = useCallback(async (byReader: boolean) => {
    const asked = readAsked();
    if (busy.current || "mistake" in asked) return;
    busy.current = true;
    setStage({ at: "starting" });
    try {
      const { EmbedLab } = await import("./embed-lab.tsx");
      setStage({ at: "lab", Lab: EmbedLab, asked, byReader });
    } catch {
      busy.current = false;
      setStage({ at: "failed" });
    }
  }, []);

  useEffect(() => {
    const asked = readAsked();
    if ("mistake" in asked) setStage({ at: "mistaken", mistake: asked.mistake });
  }, []);
  useEffect(() => script.current?.install(), []);
  useEffect(() => answerParent(script.current as LabScript, () => void start(false)), [start]);
  useEffect(() => script.current?.tell(LAB_STATES[stage.at]), [stage]);

  if (stage.at !== "lab")
    return <Poster {...poster} language={language} state={stage} onStart={() => void start(true)} />;
  return (
    <stage.Lab
      language={language}
      lesson={lesson}
      asked={stage.asked}
      takesKeyboard={stage.byReader}
      script={script.current as LabScript}
    />
  );
}

function readAsked(): EmbedLabProps["asked"] | { readonly mistake: string } {
  try {
    return readAddress(location);
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}
