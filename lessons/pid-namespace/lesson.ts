import type { Check, Lesson, LessonCommand } from "../../lib/lessons/lesson.ts";
import { hostMounts, isInnerPid1, PROCESS_LISTERS, SHELLS, shellWorlds, started } from "../../lib/lessons/worlds.ts";

const first = (line: string): LessonCommand => ({ terminal: "hvc0", line });
const second = (line: string): LessonCommand => ({ terminal: "hvc2", line });

const enter = "sudo unshare --pid --fork --mount-proc bash";

const listedOnHost: Check = ({ events }) => started(events, PROCESS_LISTERS).some(({ pids }) => pids.length === 1);

const shellIsPid1: Check = ({ snapshot }) => shellWorlds(snapshot).length > 0;

/**
 * A lister in the shell's PID namespace. In the host's mount namespace it would read the host's /proc and show the
 * host's processes, so it has to stand in another one.
 */
const listedInside: Check = ({ snapshot, events }) =>
  started(events, PROCESS_LISTERS).some((event) => {
    const task = snapshot.tasks.find(({ pid }) => pid === event.pid);
    if (!task || task.pids.length < 2 || task.namespaces.mnt === hostMounts(snapshot)) return false;
    return shellWorlds(snapshot).some((shell) => shell.namespaces.pid === task.namespaces.pid);
  });

/** lsns(8) and nsenter(1) show or use the outer number as well as a list of processes does. */
const OUTSIDE_LOOKS = new Set([...PROCESS_LISTERS, "lsns", "nsenter"]);

const seenFromOutside: Check = ({ snapshot, events }) =>
  shellWorlds(snapshot).length > 0 && started(events, OUTSIDE_LOOKS).some(({ pids }) => pids.length === 1);

/** One of the shells that stood when the step began has ended; after a restore of the guest, any. */
const worldEnded: Check = ({ snapshot, baseline, events }) => {
  const known = new Set(shellWorlds(baseline).map(({ pid }) => pid));
  return events.some(
    (event) =>
      event.kind === "exit" &&
      isInnerPid1(event) &&
      SHELLS.has(event.comm) &&
      (known.size === 0 || known.has(event.pid)) &&
      !shellWorlds(snapshot).some(({ pid }) => pid === event.pid),
  );
};

export const pidNamespace: Lesson = {
  slug: "pid-namespace",
  minutes: 5,
  steps: [
    {
      id: "look",
      command: first("ps -ef"),
      check: listedOnHost,
      alternatives: [[first("ps aux")], [second("pgrep -l bash")], [first("sudo ps -e")]],
      wrong: [[first("echo ps -ef")], [first("ls /")]],
    },
    {
      id: "enter",
      command: first(enter),
      check: shellIsPid1,
      alternatives: [[first("sudo unshare -pf --mount-proc sh")], [second(enter)]],
      wrong: [
        [first("sudo unshare --uts bash"), first("exit")],
        [first("sudo unshare --pid --fork --mount-proc sleep 1")],
        [first("bash"), first("exit")],
      ],
    },
    {
      id: "inside",
      command: first("ps -ef"),
      check: listedInside,
      alternatives: [
        [first("ps aux")],
        [second("sudo nsenter -t $(lsns -nt pid -o PID | tail -1) -p -m ps")],
        [first("sh -c 'pgrep -l .'")],
      ],
      wrong: [[second("ps -ef")], [first("echo ps -ef")], [first("hostname")]],
    },
    {
      id: "outside",
      command: second("lsns -t pid"),
      check: seenFromOutside,
      alternatives: [[second("ps -eo pid,pidns,args")], [second("pgrep -a bash")]],
      wrong: [[first("ps -ef")], [second("echo lsns")], [first("lsns -t pid")]],
    },
    {
      id: "leave",
      command: first("exit"),
      check: worldEnded,
      alternatives: [[second("sudo kill -KILL $(lsns -nt pid -o PID | tail -1)")], [first("exec true")]],
      wrong: [
        [first("kill -KILL 1")],
        [first("sh -c 'exit 1'")],
        [second("sudo unshare --pid --fork --mount-proc sh -c 'echo; true'")],
      ],
    },
  ],
};
