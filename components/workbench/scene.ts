import type { LabOptions, LabPanel } from "../../embed/src/lab.ts";
import { MAX_COMMANDS, PANELS } from "../../embed/src/lab.ts";
import { isCommand } from "../../embed/src/messages.ts";
import type { PageSession } from "../../lib/stores/page-session.ts";

/** What an embed needs to show what this page shows now. */
export type Scene = Pick<LabOptions, "panels" | "command" | "theme">;

/** The panels as they stand on the page, the middle first; the commands of the host's terminal, the latest of them. */
export function readScene({ terminals }: Pick<PageSession, "terminals">): Scene {
  const command = terminals.commands("hvc0").filter(isCommand).slice(-MAX_COMMANDS);
  const theme = document.documentElement.dataset.theme === "light" ? "light" : "dark";
  return { panels: panelsInSight(), command, theme };
}

/** Which of the slots can be seen is the style sheet's to say: it depends on the window and on what is enlarged. */
function panelsInSight(): readonly LabPanel[] {
  const slots = [...document.querySelectorAll<HTMLElement>("[data-front]")].filter(
    (slot) => slot.offsetParent !== null,
  );
  return slots.flatMap(({ dataset }) => PANELS.find((name) => name === dataset.front) ?? []);
}
