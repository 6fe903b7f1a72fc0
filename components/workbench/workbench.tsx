"use client";

import { type ReactNode, useCallback, useEffect, useState } from "react";
import { createMachineClient } from "../../lib/machine/client.ts";
import { bootRequest } from "../../lib/machine/urls.ts";
import { createDeferredClient } from "../../lib/stores/deferred-client.ts";
import { createPageSession, type PageSession } from "../../lib/stores/page-session.ts";
import { installScriptApi } from "../../lib/stores/script-api.ts";
import type { Language } from "../text/language.ts";
import { TextProvider } from "../text/text-context.tsx";
import { Announcer } from "./announcer.tsx";
import { Header } from "./header.tsx";
import { SessionProvider } from "./session-context.tsx";
import { WorkbenchLayout } from "./workbench-layout.tsx";

/** How often the panels want counters. */
const WATCH_HZ = 12;

interface WorkbenchProps {
  readonly language: Language;
  /** The card of the lesson that is worked on, above the terminals. */
  readonly lesson?: ReactNode;
}

/** The sandbox: starts a machine of its own as soon as it is on the page. */
export function Workbench({ language, lesson }: WorkbenchProps) {
  const [session] = useState(() => createPageSession(createDeferredClient(createMachineClient)));
  const start = useCallback(() => startMachine(session), [session]);

  useEffect(() => {
    start();
    const uninstall = installScriptApi(session);
    return () => {
      uninstall();
      session.dispose();
    };
  }, [session, start]);

  return (
    <TextProvider language={language}>
      <SessionProvider session={session}>
        <WorkbenchLayout header={<Header language={language} />} lesson={lesson} onStart={start} />
        <Announcer />
      </SessionProvider>
    </TextProvider>
  );
}

function startMachine({ client }: PageSession): void {
  client.send(bootRequest());
  client.send({ type: "watch", hz: WATCH_HZ });
}
