import type { BootState } from "../../lib/protocol/machine.ts";
import type { PageSession } from "../../lib/stores/page-session.ts";
import type { GlassboxScript } from "../../lib/stores/script-api.ts";

/** From these the guest comes as it first was; a machine that was only paused has its commands behind it. */
const isFresh = ({ state }: BootState): boolean => state === "restoring" || state === "booting";

/**
 * Types an embed's commands when its machine first answers, and again after each reset: each when the one before has
 * come back to a prompt. Returns the function that stops it.
 */
export function typeAtStart(
  { machine }: Pick<PageSession, "machine">,
  script: GlassboxScript,
  commands: readonly string[],
): () => void {
  let turn = 0;
  let fresh = true;
  const type = async (mine: number): Promise<void> => {
    for (const command of commands) {
      if (mine !== turn) return;
      await script.run(command);
    }
  };
  const unsubscribe = machine.subscribe(({ boot }) => {
    if (isFresh(boot)) {
      fresh = true;
      turn++;
    }
    if (boot.state !== "ready" || !fresh) return;
    fresh = false;
    // A command that stays in the foreground holds up the ones after it, as it would at a keyboard.
    type(turn).catch(() => {});
  });
  return () => {
    turn++;
    unsubscribe();
  };
}
