import type { TimelineEntry } from "../../../lib/stores/timeline-store.ts";
import type { Text } from "../../text/ko.ts";
import { describe, type Lane, type Mark } from "./describe.ts";
import { type Anchor, pausePx } from "./time-scale.ts";

/**
 * Things happen in bursts: a container's start is forty events in 300 ms, then a minute of nothing. A linear axis shows
 * neither. So time runs from left to right in order, each mark as wide as its text; a pause is a gap that grows with
 * its logarithm and carries its length.
 */
export interface PlacedMark extends Mark {
  readonly key: number;
  readonly entries: readonly TimelineEntry[];
  readonly x: number;
  readonly width: number;
}

export interface Pause {
  readonly key: number;
  readonly x: number;
  readonly width: number;
  readonly ms: number;
}

export interface Placement {
  readonly marks: readonly PlacedMark[];
  readonly pauses: readonly Pause[];
  /** For the time scale: which time stands where. */
  readonly anchors: readonly Anchor[];
  readonly width: number;
}

const CHAR_PX = 6.35;
const WIDE_CHAR_PX = 10.5;
const PADDING_PX = 18;
const MARK_GAP_PX = 6;
/** A later mark starts at least this far right of the one before, whatever its lane. */
const ORDER_PX = 9;
const PAUSE_MS = 400;
/** A joined mark names so much, and counts the rest. */
const MAX_JOINED = 44;

export function placeMarks(entries: readonly TimelineEntry[], text: Text): Placement {
  const marks: PlacedMark[] = [];
  const pauses: Pause[] = [];
  const anchors: Anchor[] = [];
  const laneEnd: Record<Lane, number> = { runtime: 0, kernel: 0, cgroup: 0 };
  let x = 0;
  let beforeMs: number | null = null;
  for (const { mark, group } of grouped(entries, text)) {
    const first = group[0];
    if (!first) continue;
    const elapsedMs = beforeMs === null ? 0 : first.atMs - beforeMs;
    if (elapsedMs >= PAUSE_MS) {
      const from = Math.max(laneEnd.runtime, laneEnd.kernel, laneEnd.cgroup) + MARK_GAP_PX;
      const width = 34 + pausePx(elapsedMs);
      anchors.push({ ms: beforeMs ?? first.atMs, x: from });
      pauses.push({ key: first.key, x: from, width, ms: elapsedMs });
      x = from + width;
    }
    beforeMs = group.at(-1)?.atMs ?? first.atMs;
    x = Math.max(x, laneEnd[mark.lane]);
    const width = group.length === 1 ? widthOf(mark) : textWidth(mark.label);
    anchors.push({ ms: Math.max(first.atMs, anchors.at(-1)?.ms ?? 0), x });
    marks.push({ ...mark, key: first.key, entries: group, x, width });
    laneEnd[mark.lane] = x + width + MARK_GAP_PX;
    x += ORDER_PX;
  }
  return { marks, pauses, anchors, width: Math.max(laneEnd.runtime, laneEnd.kernel, laneEnd.cgroup) };
}

interface GroupedMark {
  readonly mark: Mark;
  readonly group: readonly TimelineEntry[];
}

/** Joins neighbours of one group and moment: six new namespaces are one mark. */
function grouped(entries: readonly TimelineEntry[], text: Text): readonly GroupedMark[] {
  const groups: { mark: Mark; group: TimelineEntry[]; named: string; more: number }[] = [];
  for (const entry of entries) {
    const mark = described(entry, text);
    const last = groups.at(-1);
    if (last && mark.group !== null && mark.group === last.mark.group && sameMoment(last.group[0], entry)) {
      last.group.push(entry);
      const joined = `${last.named} ${mark.label.split(" ").at(-1)}`;
      if (last.more === 0 && joined.length <= MAX_JOINED) last.named = joined;
      else last.more++;
      last.mark = { ...last.mark, label: last.more > 0 ? `${last.named} +${last.more}` : last.named };
    } else {
      groups.push({ mark, group: [entry], named: mark.label, more: 0 });
    }
  }
  return groups;
}

/** An entry's words do not change, but the line is placed anew with each entry that comes. */
const descriptions = new WeakMap<TimelineEntry, { readonly text: Text; readonly mark: Mark }>();
const widths = new WeakMap<Mark, number>();

function described(entry: TimelineEntry, text: Text): Mark {
  const known = descriptions.get(entry);
  if (known?.text === text) return known.mark;
  const mark = describe(entry, text);
  descriptions.set(entry, { text, mark });
  return mark;
}

function widthOf(mark: Mark): number {
  const known = widths.get(mark) ?? textWidth(mark.label);
  widths.set(mark, known);
  return known;
}

/** Events of one snapshot happened since the one before; no finer time is known. */
function sameMoment(a: TimelineEntry | undefined, b: TimelineEntry): boolean {
  return a?.type === "event" && b.type === "event" && a.event.sequence === b.event.sequence;
}

function textWidth(label: string): number {
  let width = PADDING_PX;
  for (const char of label) width += (char.codePointAt(0) ?? 0) >= 0x1100 ? WIDE_CHAR_PX : CHAR_PX;
  return Math.ceil(width);
}
