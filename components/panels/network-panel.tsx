"use client";

import { useText } from "../text/text-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";

export function NetworkPanel() {
  const text = useText();
  return (
    <Panel title={text.tabs.network}>
      <EmptyNote>–</EmptyNote>
    </Panel>
  );
}
