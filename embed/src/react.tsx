"use client";

import { type CSSProperties, createElement, useEffect } from "react";
import { parseFence } from "./fence.ts";
import { LAB_DEFAULTS, type LabOptions, labTitle, labUrl } from "./lab.ts";

export interface GlassboxLabProps extends Partial<LabOptions> {
  /** Where Glassbox is served. */
  readonly site: string;
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** Renders on a server as a link in the place that the lab will take. */
export function GlassboxLab({ site, className, style, lab, panel, lang, theme, height }: GlassboxLabProps) {
  const options = { ...LAB_DEFAULTS, ...defined({ lab, panel, lang, theme, height }) };
  useEffect(() => void import("./element.ts").then(({ defineGlassboxLab }) => defineGlassboxLab()), []);
  return createElement(
    "glassbox-lab",
    { site, ...options, class: className, style: { display: "block", minHeight: options.height, ...style } },
    <a href={labUrl(site, options)}>{labTitle(options)}</a>,
  );
}

/** For a site that routes fences by language itself: `code` is the fence's text. */
export function GlassboxFence({ code, ...rest }: GlassboxLabProps & { readonly code: string }) {
  return <GlassboxLab {...rest} {...parseFence(code, defined(rest))} />;
}

function defined<T extends Readonly<Record<string, unknown>>>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
