import { Suspense } from "react";
import type { LabPanel } from "../../embed/src/lab.ts";
import { EmptyNote } from "../panels/empty-note.tsx";
import { useText } from "../text/text-context.tsx";
import { PANEL_COMPONENTS } from "../workbench/layout/panel-components.ts";

export function EmbedPanel({ name }: { readonly name: LabPanel }) {
  const text = useText();
  const Panel = PANEL_COMPONENTS[name];
  return (
    <Suspense fallback={<EmptyNote>{text.layout.loading}</EmptyNote>}>
      <Panel />
    </Suspense>
  );
}
