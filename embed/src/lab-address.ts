import { hasAllPanels, isLabKey, type LabKey, type LabOptions, type LabValue, labOptions } from "./lab.ts";

/** `site` is where Glassbox is served, e.g. "https://labs.example.org" or "https://example.org/glassbox". */
export function labUrl(site: string, { lab, lang, ...scene }: LabOptions): string {
  const base = new URL(site);
  if (base.protocol !== "https:" && base.protocol !== "http:")
    throw new Error(`glassbox: site: ${site}: want an http(s) URL`);
  const url = new URL(`${base.pathname.replace(/\/$/, "")}/${lang}/embed/${lab}/`, base);
  url.search = sceneQuery(scene);
  return url.href;
}

/** The part that a lab's own page reads: `panel=tree`, `panels=layers,network`, `command=` once for each. */
function sceneQuery({ panel, panels, command, theme }: Omit<LabOptions, "lab" | "lang">): string {
  const query = new URLSearchParams();
  if (hasAllPanels({ panels }) || panel !== panels[0]) query.set("panel", panel);
  if (!hasAllPanels({ panels })) query.set("panels", panels.join());
  query.set("theme", theme);
  for (const line of command) query.append("command", line);
  return query.toString().replaceAll("%2C", ",");
}

/** What a lab's address asks for. Keys of others (a newsletter's, say) are left alone; a wrong value of ours throws. */
export function readAddress({ search, hash }: Pick<Location, "search" | "hash">): LabOptions {
  const given: Partial<Record<LabKey, LabValue>> = {};
  for (const query of [new URLSearchParams(hash.slice(1)), new URLSearchParams(search)])
    for (const key of new Set(query.keys())) if (isLabKey(key)) given[key] = valueIn(key, query);
  return labOptions(given);
}

const valueIn = (key: LabKey, query: URLSearchParams): LabValue =>
  key === "command" ? query.getAll(key) : (query.get(key) ?? "");
