import { useCallback, useEffect, useState } from "react";
import type { PublishedPort } from "../../../lib/protocol/agent.ts";
import { useMachine, useSession } from "../../workbench/session-context.tsx";

export interface OpenPort extends PublishedPort {
  readonly container: string;
}

/** Steps after which a container has other ports than before. */
const CHANGES = new Set(["write-state", "remove-state", "leave-networks"]);

/** Ports that lead into running containers, asked again whenever the runtime has made or ended one. */
export function usePublishedPorts(): readonly OpenPort[] {
  const { client } = useSession();
  const ready = useMachine((state) => state.boot.state === "ready");
  const [ports, setPorts] = useState<readonly OpenPort[]>([]);

  const ask = useCallback(async () => {
    const { containers } = await client.ask("list", {});
    const running = containers.filter(({ status }) => status === "running");
    setPorts(running.flatMap(({ name, ports: open = [] }) => open.map((port) => ({ ...port, container: name }))));
  }, [client]);

  useEffect(() => {
    if (!ready) return;
    // a guest that is gone has no ports
    const again = () => void ask().catch(() => setPorts([]));
    again();
    return client.subscribe((notice) => {
      if (notice.type === "step" && CHANGES.has(notice.step.step)) again();
    });
  }, [client, ready, ask]);
  return ports;
}
