import { isLabKey, LAB_KEYS, type LabKey, type LabOptions, labOptions } from "./lab.ts";

/** The text of a ```glassbox fence, `key: value` a line. Throws what is wrong, with the line. */
export function parseFence(text: string, defaults: Readonly<Partial<LabOptions>> = {}): LabOptions {
  const given: Partial<Record<LabKey, string | number>> = { ...defaults };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, key, value] = /^([a-z-]+)\s*:\s*(.+)$/.exec(line) ?? [];
    if (!key || !value) throw new Error(`glassbox: line ${index + 1}: ${line}: want "key: value"`);
    if (!isLabKey(key))
      throw new Error(`glassbox: line ${index + 1}: ${key}: unknown; keys are ${LAB_KEYS.join(", ")}`);
    given[key] = value;
  }
  return labOptions(given);
}
