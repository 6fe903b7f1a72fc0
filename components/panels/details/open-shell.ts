import type { MachineClient } from "../../../lib/machine/client.ts";
import type { DockStore } from "../../../lib/stores/dock-store.ts";
import { type Refusal, request } from "../../../lib/stores/guest-actions.ts";

/** A shell inside the container, in the second terminal: the first one keeps the host's world. */
export async function openShell(client: MachineClient, dock: DockStore, container: string): Promise<Refusal | null> {
  const refusal = await request(client, "openShell", { container, terminal: "hvc2" });
  if (!refusal) dock.setState({ active: "hvc2" });
  return refusal;
}
