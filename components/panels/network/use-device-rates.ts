import { useMemo, useRef } from "react";
import { deviceKey } from "../../../lib/model/related.ts";
import type { KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";

export interface DeviceRate {
  readonly rxPerSec: number;
  readonly txPerSec: number;
}

/** Counters are compared over at least this much guest time. */
const WINDOW_NS = 450e6;

/** Bytes a second by device, from the counters of two snapshots; a moved cursor starts anew. */
export function useDeviceRates(snapshot: KernelSnapshot | null): ReadonlyMap<string, DeviceRate> {
  const held = useRef<{ base: KernelSnapshot | null; rates: ReadonlyMap<string, DeviceRate> }>({
    base: null,
    rates: new Map(),
  });
  return useMemo(() => {
    const { base } = held.current;
    if (!snapshot) return held.current.rates;
    const overNs = base ? snapshot.guestTimeNs - base.guestTimeNs : -1;
    if (base && overNs >= 0 && overNs < WINDOW_NS) return held.current.rates;
    const rates = new Map<string, DeviceRate>();
    if (base && overNs > 0 && overNs < 10 * WINDOW_NS) {
      const before = new Map(base.netDevices.map((device) => [deviceKey(device), device]));
      for (const device of snapshot.netDevices) {
        const earlier = before.get(deviceKey(device));
        if (!earlier || earlier === device) continue;
        const perSec = (now: number, then: number) => (Math.max(0, now - then) * 1e9) / overNs;
        rates.set(deviceKey(device), {
          rxPerSec: perSec(device.rxBytes, earlier.rxBytes),
          txPerSec: perSec(device.txBytes, earlier.txBytes),
        });
      }
    }
    held.current = { base: snapshot, rates };
    return rates;
  }, [snapshot]);
}
