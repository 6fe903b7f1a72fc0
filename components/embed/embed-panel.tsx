import type { ComponentType } from "react";
import type { PANELS } from "../../embed/src/lab.ts";
import { CgroupPanel } from "../panels/cgroup-panel.tsx";
import { GlassPanel } from "../panels/glass-panel.tsx";
import { IsolationPanel } from "../panels/isolation-panel.tsx";
import { ProcessTreePanel } from "../panels/process-tree-panel.tsx";
import { TimelinePanel } from "../panels/timeline-panel.tsx";

export type PanelName = (typeof PANELS)[number];

const PANEL_COMPONENTS: Readonly<Record<PanelName, ComponentType>> = {
  glass: GlassPanel,
  tree: ProcessTreePanel,
  isolation: IsolationPanel,
  cgroup: CgroupPanel,
  timeline: TimelinePanel,
};

export function EmbedPanel({ name }: { readonly name: PanelName }) {
  const Panel = PANEL_COMPONENTS[name];
  return <Panel />;
}
