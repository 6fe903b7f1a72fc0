import type { Check, Lesson, LessonCommand } from "../../lib/lessons/lesson.ts";
import { hostMounts, isInnerPid1, PROCESS_LISTERS, SHELLS, shellWorlds, started } from "../../lib/lessons/worlds.ts";

const first = (line: string): LessonCommand => ({ terminal: "hvc0", line });
const second = (line: string): LessonCommand => ({ terminal: "hvc2", line });

const listedOnHost: Check = ({ events }) => started(events, PROCESS_LISTERS).some(({ pids }) => pids.length === 1);

const shellIsPid1: Check = ({ snapshot }) => shellWorlds(snapshot).length > 0;

/**
 * A lister in the shell's PID namespace. In the host's mount namespace it would read the host's /proc and show the
 * host's processes, so it has to stand in another one.
 */
const listedInside: Check = ({ snapshot, events }) =>
  started(events, PROCESS_LISTERS).some((event) => {
    const task = [...snapshot.tasks, ...snapshot.passed].find(({ pid }) => pid === event.pid);
    if (!task || task.pids.length < 2 || task.namespaces.mnt === hostMounts(snapshot)) return false;
    return shellWorlds(snapshot).some((shell) => shell.namespaces.pid === task.namespaces.pid);
  });

/** lsns(8) and nsenter(1) show or use the outer number as well as a list of processes does. */
const OUTSIDE_LOOKS = new Set([...PROCESS_LISTERS, "lsns", "nsenter"]);

const seenFromOutside: Check = ({ snapshot, events }) =>
  shellWorlds(snapshot).length > 0 && started(events, OUTSIDE_LOOKS).some(({ pids }) => pids.length === 1);

/** One of the shells that stood when the step began has ended; where none did (the guest was restored), any. */
const worldEnded: Check = ({ baseline, events }) => {
  const known = new Set(shellWorlds(baseline).map(({ pid }) => pid));
  return events.some(
    (event) =>
      event.kind === "exit" && (known.size > 0 ? known.has(event.pid) : isInnerPid1(event) && SHELLS.has(event.comm)),
  );
};

export const pidNamespace: Lesson = {
  slug: "pid-namespace",
  minutes: 5,
  steps: [
    { id: "look", command: first("ps -ef"), check: listedOnHost },
    { id: "enter", command: first("sudo unshare --pid --fork --mount-proc bash"), check: shellIsPid1 },
    { id: "inside", command: first("ps -ef"), check: listedInside },
    { id: "outside", command: second("lsns -t pid"), check: seenFromOutside },
    { id: "leave", command: first("exit"), check: worldEnded },
  ],
};
