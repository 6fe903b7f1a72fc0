import type { MachineClient } from "../../lib/machine/client.ts";

/**
 * Pauses the machine while its element is scrolled out of sight, also when the frame around it is. The client itself
 * reports a hidden tab; its listener stands before this one, so that the last word on a shown tab is here.
 */
export function pauseOutOfSight(element: Element, { send }: Pick<MachineClient, "send">): () => void {
  let inSight = true;
  const tell = (): void => send({ type: "visibility", visible: inSight && document.visibilityState === "visible" });
  const observer = new IntersectionObserver((entries) => {
    const latest = entries.at(-1)?.isIntersecting ?? true;
    if (latest === inSight) return;
    inSight = latest;
    tell();
  });
  observer.observe(element);
  document.addEventListener("visibilitychange", tell);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
  };
}
