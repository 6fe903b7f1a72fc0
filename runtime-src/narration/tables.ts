/** Every ordered table of the runtime with its words; the names are what stepReporter calls the operations. */
import { createSteps } from "../container/create-steps.ts";
import { createVolumeSteps } from "../container/create-volume.ts";
import { deleteSteps } from "../container/delete-steps.ts";
import { execSteps, joinSteps } from "../container/exec.ts";
import { initSteps } from "../container/init-steps.ts";
import { removeVolumeSteps } from "../container/remove-volume.ts";
import { startSteps } from "../container/start-steps.ts";
import type { Step } from "../container/steps.ts";
import { commitSteps } from "../image/commit.ts";
import { importSteps } from "../image/import.ts";
import { loadSteps } from "../image/load.ts";
import { removeSteps } from "../image/remove.ts";
import { saveSteps } from "../image/save.ts";
import { connectSteps } from "../network/connect.ts";
import { createNetworkSteps } from "../network/create-network.ts";
import { removeNetworkSteps } from "../network/remove-network.ts";
import { createWords, deleteWords } from "./create-words.ts";
import {
  changeWords,
  commitWords,
  importWords,
  indexWords,
  keepWords,
  loadWords,
  removeWords,
  saveWords,
} from "./image-words.ts";
import { namespaceWords, rootWords } from "./init-words.ts";
import { connectWords, createNetworkWords, removeNetworkWords } from "./network-change-words.ts";
import { leaveNetworkWords, networkWords, ownNetworkWords } from "./network-words.ts";
import { execWords, joinWords, processWords } from "./process-words.ts";
import { startWords } from "./start-words.ts";
import type { StepWords, Words } from "./step-words.ts";
import { createVolumeWords, removeVolumeWords } from "./volume-words.ts";

// biome-ignore lint/suspicious/noExplicitAny: tables of every context
export interface NarratedTable<C = any> {
  readonly steps: readonly Step<C>[];
  readonly words: Words<C>;
}

const table = <C>(steps: readonly Step<C>[], words: Words<C>): NarratedTable<C> => ({ steps, words });

export const initWords = { ...namespaceWords, ...ownNetworkWords, ...rootWords, ...processWords };

export const NARRATED: Readonly<Record<string, NarratedTable>> = {
  create: table(createSteps, createWords),
  start: table(startSteps, { ...startWords, ...networkWords }),
  init: table(initSteps, initWords),
  exec: table(execSteps, execWords),
  join: table(joinSteps, joinWords),
  delete: table(deleteSteps, { ...deleteWords, ...leaveNetworkWords }),
  connect: table(connectSteps, connectWords),
  "network create": table(createNetworkSteps, createNetworkWords),
  "network rm": table(removeNetworkSteps, removeNetworkWords),
  "volume create": table(createVolumeSteps, createVolumeWords),
  "volume rm": table(removeVolumeSteps, removeVolumeWords),
  load: table(loadSteps, { ...changeWords, ...loadWords, ...keepWords }),
  import: table(importSteps, { ...changeWords, ...importWords, ...keepWords }),
  commit: table(commitSteps, { ...changeWords, ...commitWords, ...keepWords }),
  save: table(saveSteps, { ...changeWords, ...saveWords }),
  rmi: table(removeSteps, { ...changeWords, ...removeWords, ...indexWords }),
};

// biome-ignore lint/suspicious/noExplicitAny: steps of every table
export const wordsOf = (operation: string, step: Step<any>): StepWords<any> | null =>
  NARRATED[operation]?.words[step.name] ?? null;
