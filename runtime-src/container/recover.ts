/**
 * What a supervisor that was killed leaves behind is put right by the next call that looks: its container cannot have
 * survived it (PR_SET_PDEATHSIG), so it is an exited one, and with --rm it is removed.
 */
import { existsSync, statSync } from "node:fs";
import { sweep } from "../network/endpoint.ts";
import { cgroupOf } from "./cgroup-of.ts";
import { anonymousVolumes, deleteSteps, emptyAndRemove } from "./delete-steps.ts";
import { type Host, isErrno } from "./host.ts";
import { stateFolder } from "./paths.ts";
import { type ContainerState, containerIds, readState, stateFile, supervisorLock, writeState } from "./state.ts";
import { runSteps } from "./steps.ts";
import { type ContainerSummary, MOST_LINE_BYTES, readSummary, summaryOf } from "./summary.ts";
import { isSupervised } from "./supervised.ts";

const KILLED = 137;
/** Far longer than the two calls take, on a guest that does a thousand things at once. */
const MAKING_MS = 10_000;

export function removeContainer(host: Host, id: string, name: string, volumes: readonly string[] = []): void {
  runSteps(deleteSteps, { host, id, name, volumes }, { report: () => {}, flush: () => {} });
}

/** Whether its state says that a supervisor keeps it. */
const isKept = <T extends Pick<ContainerState, "status">>(state: T | null): state is T =>
  state?.status === "running" || state?.status === "restarting";

/** The state as it is true now; null when there is no container (any more). */
export function currentState(host: Host, id: string): ContainerState | null {
  const state = readState(host.paths, id);
  if (!isKept(state) || isSupervised(host, id)) return state;
  // It may have ended in good order between the two looks.
  const again = readState(host.paths, id);
  if (!isKept(again)) return again;
  emptyAndRemove(host, cgroupOf(host, again));
  sweep(host, id);
  if (again.autoRemove) {
    removeContainer(host, id, again.name, anonymousVolumes(again));
    return null;
  }
  const ended: ContainerState = {
    ...again,
    status: "exited",
    pid: null,
    supervisorPid: null,
    exitCode: KILLED,
    finishedMs: Date.now(),
    error: "its supervisor was killed",
    network: { ...again.network, endpoints: [], ports: [] },
  };
  writeState(host.paths, ended);
  return ended;
}

/** The same in short, without reading all of the state. */
function currentSummary(host: Host, id: string): ContainerSummary | null {
  const line = host.linux.readLine(stateFile(host.paths, id), MOST_LINE_BYTES);
  const summary = line === null ? null : readSummary(line);
  if (summary && (!isKept(summary) || isSupervised(host, id))) return summary;
  const state = currentState(host, id);
  return state && summaryOf(state);
}

/** Every container, and the remains of those whose creation was cut short are gone. */
export const listContainers = (host: Host): ContainerState[] => listEach(host, currentState);

/** The same in short. */
export const listSummaries = (host: Host): ContainerSummary[] => listEach(host, currentSummary);

function listEach<T>(host: Host, look: (host: Host, id: string) => T | null): T[] {
  const found: T[] = [];
  for (const id of containerIds(host.paths)) {
    const one = look(host, id);
    if (one) found.push(one);
    else if (!isSupervised(host, id) && !isJustBeingMade(host, id)) removeContainer(host, id, "");
  }
  return found;
}

/** Between mkdir(2) and flock(2) of its first step a container looks like what a killed creation left. */
function isJustBeingMade({ paths }: Host, id: string): boolean {
  try {
    if (existsSync(supervisorLock(paths, id))) return false;
    return Date.now() - statSync(stateFolder(paths, id)).mtimeMs < MAKING_MS;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return true;
    throw error;
  }
}
