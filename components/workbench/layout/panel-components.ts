import { type ComponentType, lazy } from "react";
import { CgroupPanel } from "../../panels/cgroup-panel.tsx";
import { GlassPanel } from "../../panels/glass-panel.tsx";
import { IsolationPanel } from "../../panels/isolation-panel.tsx";
import { KernelLogPanel } from "../../panels/kernel-log-panel.tsx";
import { ProcessTreePanel } from "../../panels/process-tree-panel.tsx";
import { TimelinePanel } from "../../panels/timeline-panel.tsx";
import type { PanelName } from "./arrangement.ts";

/** Panels that are not in front when the page opens load when they are first shown: the prompt does not wait for them. */
export const PANEL_COMPONENTS: Readonly<Record<PanelName, ComponentType>> = {
  glass: GlassPanel,
  tree: ProcessTreePanel,
  isolation: IsolationPanel,
  cgroup: CgroupPanel,
  timeline: TimelinePanel,
  log: KernelLogPanel,
  details: lazy(() => import("../../panels/details-panel.tsx").then((module) => ({ default: module.DetailsPanel }))),
  layers: lazy(() => import("../../panels/layers-panel.tsx").then((module) => ({ default: module.LayersPanel }))),
  preview: lazy(() => import("../../panels/preview-panel.tsx").then((module) => ({ default: module.PreviewPanel }))),
  network: lazy(() => import("../../panels/network-panel.tsx").then((module) => ({ default: module.NetworkPanel }))),
};
