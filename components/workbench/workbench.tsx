"use client";

import { useCallback, useEffect, useState } from "react";
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

/** The sandbox: starts a machine of its own as soon as it is on the page. */
export function Workbench({ language }: { readonly language: Language }) {
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
        <WorkbenchLayout header={<Header language={language} />} onStart={start} />
        <Announcer />
      </SessionProvider>
    </TextProvider>
  );
}

function startMachine({ client }: PageSession): void {
  client.send(bootRequest());
  client.send({ type: "watch", hz: WATCH_HZ });
}
