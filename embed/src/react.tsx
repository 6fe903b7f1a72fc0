"use client";

import { type CSSProperties, createElement, useEffect } from "react";
import { parseFence } from "./fence.ts";
import { type GivenOptions, isLabKey, type LabOptions, labAttributes, labOptions, labTitle } from "./lab.ts";
import { labUrl } from "./lab-address.ts";

interface FrameProps {
  /** Where Glassbox is served. */
  readonly site: string;
  readonly className?: string;
  readonly style?: CSSProperties;
}

export interface GlassboxLabProps extends FrameProps, Partial<Omit<LabOptions, "panels" | "command">> {
  /** Names in an array, or with commas between them. */
  readonly panels?: LabOptions["panels"] | string;
  /** Command lines in an array, or one a line. */
  readonly command?: LabOptions["command"] | string;
}

/** Renders on a server as a link in the place that the lab will take; a value that does not fit is named there. */
export function GlassboxLab({ site, className, style, ...given }: GlassboxLabProps) {
  return <Lab site={site} className={className} style={style} read={() => labOptions(labKeysOf(given))} />;
}

/** For a site that routes fences by language itself: `code` is the fence's text. */
export function GlassboxFence({
  code,
  site,
  className,
  style,
  ...given
}: GlassboxLabProps & { readonly code: string }) {
  return <Lab site={site} className={className} style={style} read={() => parseFence(code, labKeysOf(given))} />;
}

function Lab({ site, className, style, read }: FrameProps & { readonly read: () => LabOptions }) {
  useEffect(() => void import("./element.ts").then(({ defineGlassboxLab }) => defineGlassboxLab()), []);
  const { options, href, mistake } = addressed(site, read);
  if (!options)
    return (
      <p className={className} style={style} role="alert">
        {mistake}
      </p>
    );
  return createElement(
    "glassbox-lab",
    {
      site,
      ...labAttributes(options),
      class: className,
      style: { display: "block", minHeight: options.height, ...style },
    },
    <a href={href}>{labTitle(options)}</a>,
  );
}

type Addressed =
  | { readonly options: LabOptions; readonly href: string; readonly mistake?: undefined }
  | { readonly options: null; readonly href?: undefined; readonly mistake: string };

function addressed(site: string, read: () => LabOptions): Addressed {
  try {
    const options = read();
    return { options, href: labUrl(site, options) };
  } catch (error) {
    return { options: null, mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** Of what a component was given, what a lab understands: not its key, its children or what a wrapper added. */
function labKeysOf(given: GivenOptions): GivenOptions {
  return Object.fromEntries(Object.entries(given).filter(([key]) => isLabKey(key)));
}
