import { readFile } from "node:fs/promises";
import path from "node:path";
import { evaluate } from "@mdx-js/mdx";
import { Fragment, isValidElement, type ReactElement, type ReactNode } from "react";
import * as runtime from "react/jsx-runtime";
import type { LessonText, StepText } from "../lib/lessons/lesson-text.ts";

/**
 * Reads lessons/SLUG/LANGUAGE.mdx: the exports `title` and `summary` and one <Step id title> a step, with <Done> and
 * <Hint> in it. For the build and for tests; the page gets the result.
 */
export async function readLessonText(slug: string, language: string): Promise<LessonText> {
  const file = path.join(process.cwd(), "lessons", slug, `${language}.mdx`);
  const module = await evaluate(await readFile(file, "utf8"), { ...runtime, baseUrl: "file:///" });
  const { title, summary } = module as { title?: unknown; summary?: unknown };
  if (typeof title !== "string" || typeof summary !== "string")
    throw new Error(`${file}: want "export const title" and "export const summary"`);
  const tree = module.default({ components: { Step, Done, Hint } });
  const steps = childrenOf(tree).filter((child) => child.type === Step);
  return { title, summary: inlineCode(summary), steps: Object.fromEntries(steps.map((step) => toStep(file, step))) };
}

type StepProps = { readonly id?: string; readonly title?: string; readonly children?: ReactNode };

/** Only markers in the tree: they are taken apart here and never drawn. */
const Step = (_: StepProps) => null;
const Done = (_: StepProps) => null;
const Hint = (_: StepProps) => null;

function toStep(file: string, element: ReactElement<StepProps>): [string, StepText] {
  const { id, title } = element.props;
  if (!id || !title) throw new Error(`${file}: <Step> wants an id and a title`);
  const parts = childrenOf(element);
  const partOf = (type: unknown): ReactNode => {
    const found = parts.filter((part) => part.type === type);
    if (found.length !== 1) throw new Error(`${file}: step "${id}" wants one <Done> and one <Hint>`);
    return found[0]?.props.children;
  };
  const body = parts.filter((part) => part.type !== Done && part.type !== Hint);
  return [id, { title, body, done: partOf(Done), hint: partOf(Hint) }];
}

function childrenOf(node: ReactNode): ReactElement<StepProps>[] {
  if (!isValidElement<StepProps>(node)) return [];
  if (node.type !== Fragment && node.type !== Step) return [node];
  const { children } = node.props;
  return [children].flat(2).filter((child): child is ReactElement<StepProps> => isValidElement(child));
}

/** The one bit of Markdown that a summary may have. */
function inlineCode(text: string): ReactNode {
  const parts = text.split("`");
  return parts.map((part, index) => (index % 2 === 1 ? runtime.jsx("code", { children: part }, `${index}`) : part));
}
