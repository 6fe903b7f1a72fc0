import { parseFence } from "./fence.ts";
import { type GivenOptions, type LabOptions, labAttributes, labTitle } from "./lab.ts";
import { labUrl } from "./lab-address.ts";

interface Node {
  readonly type: string;
  readonly position?: unknown;
}

interface Text extends Node {
  readonly value?: string;
}

interface Element extends Node {
  readonly tagName?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  children?: Node[];
}

interface File {
  message(reason: string, place?: never): unknown;
}

export interface RehypeGlassboxOptions {
  /** Where Glassbox is served. Not settable from a fence: an article's text cannot frame another site. */
  readonly site: string;
  readonly defaults?: GivenOptions;
}

/**
 * Turns ```glassbox fences into <glassbox-lab> elements. Goes after rehype-sanitize, which lets a fence pass and would
 * strip the element, and before a highlighter. A fence with a mistake stays a code block, with a message on the file.
 */
export function rehypeGlassbox({ site, defaults = {} }: RehypeGlassboxOptions) {
  return (tree: Element, file: File): void => {
    visit(tree, (parent, index, code) => {
      try {
        const options = parseFence(textOf(code), defaults);
        if (parent.children) parent.children[index] = labElement(site, options);
      } catch (error) {
        file.message(error instanceof Error ? error.message : String(error), code.position as never);
      }
    });
  };
}

function visit(parent: Element, take: (parent: Element, index: number, code: Element) => void): void {
  for (const [index, child] of (parent.children ?? []).entries()) {
    const code = glassboxCode(child);
    if (code) take(parent, index, code);
    else visit(child, take);
  }
}

function glassboxCode(node: Element): Element | null {
  if (node.tagName !== "pre") return null;
  const code = node.children?.find((child): child is Element => (child as Element).tagName === "code");
  const classes = code?.properties?.className;
  return code && Array.isArray(classes) && classes.includes("language-glassbox") ? code : null;
}

function textOf(node: Element & Text): string {
  return node.value ?? (node.children ?? []).map(textOf).join("");
}

/** The link is what a reader without JavaScript, or of a feed, gets. */
function labElement(site: string, options: LabOptions): Element {
  const link = { type: "element", tagName: "a", properties: { href: labUrl(site, options) }, children: [] as Node[] };
  link.children.push({ type: "text", value: labTitle(options) } as Text);
  return {
    type: "element",
    tagName: "glassbox-lab",
    properties: { site, ...labAttributes(options) },
    children: [link],
  };
}
