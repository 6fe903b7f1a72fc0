"use client";

import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { HistoryState } from "../../lib/stores/history-store.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import type { MachineState } from "../../lib/stores/machine-store.ts";
import type { NamesState } from "../../lib/stores/names-store.ts";
import type { PageSession } from "../../lib/stores/page-session.ts";
import type { SelectionState } from "../../lib/stores/selection-store.ts";
import type { TimeState } from "../../lib/stores/time-store.ts";

const SessionContext = createContext<PageSession | null>(null);

export function SessionProvider({
  session,
  children,
}: {
  readonly session: PageSession;
  readonly children: ReactNode;
}) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): PageSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no machine session around this component: wrap it in SessionProvider");
  return session;
}

export function useMachine<T>(selector: (state: MachineState) => T): T {
  return useStore(useSession().machine, selector);
}

/** The kernel at the moment that is shown: now, or where the time cursor stands. */
export function useKernel<T>(selector: (state: KernelState) => T): T {
  return useStore(useSession().shown.kernel, selector);
}

export function useSelection<T>(selector: (state: SelectionState) => T): T {
  return useStore(useSession().selection, selector);
}

export function useHistory<T>(selector: (state: HistoryState) => T): T {
  return useStore(useSession().shown.history, selector);
}

export function useTime<T>(selector: (state: TimeState) => T): T {
  return useStore(useSession().time, selector);
}

export function useNames(): ReadonlyMap<string, string> {
  return useStore(useSession().names, selectNames);
}

const selectNames = (state: NamesState) => state.names;
