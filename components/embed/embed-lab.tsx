"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { LabOptions } from "../../embed/src/lab.ts";
import type { LessonText } from "../../lib/lessons/lesson-text.ts";
import { createMachineClient } from "../../lib/machine/client.ts";
import { bootRequest } from "../../lib/machine/urls.ts";
import { createDeferredClient } from "../../lib/stores/deferred-client.ts";
import { createPageSession } from "../../lib/stores/page-session.ts";
import { createScriptApi } from "../../lib/stores/script-api.ts";
import { LessonCard } from "../lesson/lesson-card.tsx";
import type { Language } from "../text/language.ts";
import { TextProvider } from "../text/text-context.tsx";
import { Announcer } from "../workbench/announcer.tsx";
import { SessionProvider } from "../workbench/session-context.tsx";
import { TerminalDock } from "../workbench/terminal-dock.tsx";
import { EmbedBar } from "./embed-bar.tsx";
import styles from "./embed-lab.module.css";
import { EmbedPanel } from "./embed-panel.tsx";
import type { LabScript } from "./lab-script.ts";
import { typeAtStart } from "./start-commands.ts";
import { embedText } from "./text.ts";
import { pauseOutOfSight } from "./visibility.ts";

const WATCH_HZ = 12;

export interface EmbedLabProps {
  readonly language: Language;
  readonly lesson: { readonly slug: string; readonly text: LessonText } | null;
  /** The reader pressed start, so the terminal may have the keyboard; a page around that did so may not give it. */
  readonly takesKeyboard: boolean;
  readonly script: LabScript;
  /** What the lab's address asks for. */
  readonly asked: Pick<LabOptions, "panel" | "panels" | "command">;
}

/** A terminal and one panel; the machine starts as this comes onto the page. */
export function EmbedLab({ language, lesson, takesKeyboard, script, asked }: EmbedLabProps) {
  const [session] = useState(() => createPageSession(createDeferredClient(createMachineClient)));
  const [panel, setPanel] = useState(asked.panel);
  const element = useRef<HTMLElement>(null);
  const start = useCallback(() => {
    session.client.send(bootRequest());
    session.client.send({ type: "watch", hz: WATCH_HZ });
  }, [session]);

  useEffect(() => {
    start();
    const api = createScriptApi(session);
    script.take(api);
    const untyped = typeAtStart(session, api, asked.command);
    const untold = session.machine.subscribe(({ boot }) => {
      if (boot.state === "ready" || boot.state === "failed") script.tell(boot.state);
    });
    const unwatched = element.current ? pauseOutOfSight(element.current, session.client) : () => {};
    return () => {
      untyped();
      untold();
      unwatched();
      session.dispose();
    };
  }, [session, script, start, asked.command]);

  return (
    <TextProvider language={language}>
      <SessionProvider session={session}>
        <main ref={element} className={styles.lab} aria-label={embedText(language).region}>
          <EmbedBar
            language={language}
            slug={lesson?.slug ?? null}
            panels={asked.panels}
            panel={panel}
            onPanel={setPanel}
          />
          {lesson && (
            <div className={styles.lesson}>
              <LessonCard slug={lesson.slug} language={language} text={lesson.text} />
            </div>
          )}
          <div className={styles.terminal}>
            <TerminalDock onStart={start} autoFocus={takesKeyboard} quick={lesson === null} />
          </div>
          <div className={styles.panel}>
            <EmbedPanel name={panel} />
          </div>
        </main>
        <Announcer />
      </SessionProvider>
    </TextProvider>
  );
}
