"use client";

import { type ComponentType, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
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
  | { readonly at: "lab"; readonly Lab: ComponentType<EmbedLabProps>; readonly byReader: boolean };

const LAB_STATES: Readonly<Record<Stage["at"], LabState>> = {
  waiting: "poster",
  starting: "starting",
  failed: "failed",
  lab: "starting",
};

/** A poster until the reader, or the page around, says start. Only then anything of the lab is requested. */
export function EmbedStage({ language, lesson, ...poster }: StageProps) {
  const [stage, setStage] = useState<Stage>({ at: "waiting" });
  const script = useRef<LabScript>(null);
  script.current ??= createLabScript();
  const busy = useRef(false);

  const start = useCallback(async (byReader: boolean) => {
    if (busy.current) return;
    busy.current = true;
    setStage({ at: "starting" });
    try {
      const { EmbedLab } = await import("./embed-lab.tsx");
      setStage({ at: "lab", Lab: EmbedLab, byReader });
    } catch {
      busy.current = false;
      setStage({ at: "failed" });
    }
  }, []);

  useEffect(() => script.current?.install(), []);
  useEffect(() => answerParent(script.current as LabScript, () => void start(false)), [start]);
  useEffect(() => script.current?.tell(LAB_STATES[stage.at]), [stage]);

  if (stage.at !== "lab")
    return <Poster {...poster} language={language} state={stage.at} onStart={() => void start(true)} />;
  return (
    <stage.Lab
      language={language}
      lesson={lesson}
      takesKeyboard={stage.byReader}
      script={script.current as LabScript}
    />
  );
}
