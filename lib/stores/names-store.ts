import { createStore, type StoreApi } from "zustand/vanilla";
import type { ContainerSummary } from "../protocol/agent.ts";
import type { RuntimeStep } from "../protocol/runtime-step.ts";

/** The names that `box` gave its containers, by the id's first 12 digits: the kernel knows a cgroup's path, only the runtime knows "web". */
export interface NamesState {
  readonly names: ReadonlyMap<string, string>;
}

export type NamesStore = StoreApi<NamesState>;

export function createNamesStore(): NamesStore {
  return createStore<NamesState>(() => ({ names: new Map() }));
}

export function learnNames(
  state: NamesState,
  containers: readonly (Pick<RuntimeStep, "id" | "name"> | Pick<ContainerSummary, "id" | "name">)[],
): NamesState {
  const news = containers.filter(({ id, name }) => id !== "" && name !== "" && state.names.get(shortId(id)) !== name);
  if (news.length === 0) return state;
  const names = new Map(state.names);
  for (const { id, name } of news) names.set(shortId(id), name);
  return { names };
}

/** A container's cgroup and hostname carry twelve of its id's 64 digits, as docker shows them. */
const shortId = (id: string): string => id.slice(0, 12);

const CONTAINERS_GROUP = "/box/";

/** The container whose cgroup this is or lies in; null for a cgroup that is no container's. */
export function containerOf(path: string, names: ReadonlyMap<string, string>): { id: string; name: string } | null {
  if (!path.startsWith(CONTAINERS_GROUP)) return null;
  const id = path.slice(CONTAINERS_GROUP.length).split("/")[0] ?? "";
  return { id, name: names.get(shortId(id)) ?? shortId(id) };
}
