import {
  type GivenOptions,
  hasAllPanels,
  isLabKey,
  LAB_KEYS,
  type LabKey,
  type LabOptions,
  type LabValue,
  labOptions,
} from "./lab.ts";

/** The text of a ```glassbox fence, `key: value` a line, `command` as often as wanted. Throws what is wrong, with the line. */
export function parseFence(text: string, defaults: GivenOptions = {}): LabOptions {
  const given: Partial<Record<LabKey, LabValue>> = {};
  const commands: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, key, value] = /^([a-z-]+)\s*:\s*(.+)$/.exec(line) ?? [];
    if (!key || !value) throw new Error(`glassbox: line ${index + 1}: ${line}: want "key: value"`);
    if (!isLabKey(key))
      throw new Error(`glassbox: line ${index + 1}: ${key}: unknown; keys are ${LAB_KEYS.join(", ")}`);
    if (key === "command") commands.push(value);
    else given[key] = value;
  }
  if (commands.length > 0) given.command = commands;
  // A default for the panel in front is meant for the default choice of panels.
  const { panel, ...others } = defaults;
  return labOptions({ ...(given.panels ? others : { ...others, panel }), ...given });
}

/** The fence that means these options; what is as it always is has no line. */
export function writeFence({ lab, panel, panels, command, lang, theme }: LabOptions): string {
  const lines = [
    `lab: ${lab}`,
    ...(panel === panels[0] ? [] : [`panel: ${panel}`]),
    ...(hasAllPanels({ panels }) ? [] : [`panels: ${panels.join(", ")}`]),
    ...command.map((line) => `command: ${line}`),
    `lang: ${lang}`,
    `theme: ${theme}`,
  ];
  return ["```glassbox", ...lines, "```"].join("\n");
}
