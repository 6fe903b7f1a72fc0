import type { LessonCommand, LessonWays } from "../../lib/lessons/lesson.ts";

const first = (line: string): LessonCommand => ({ terminal: "hvc0", line });
const second = (line: string): LessonCommand => ({ terminal: "hvc2", line });

const innerPid1 = "$(lsns -nt pid -o PID | tail -1)";

export const ways: LessonWays = {
  others: {
    "short options and another shell": {
      look: [first("ps aux")],
      enter: [first("sudo unshare -pf --mount-proc sh")],
      inside: [first("pgrep -l .")],
      outside: [second("ps -eo pid,pidns,args")],
      leave: [second(`kill -KILL ${innerPid1}`)],
    },
    "the terminals the other way round": {
      look: [second("sudo pgrep -l bash")],
      enter: [second("sudo unshare --pid --mount --fork bash"), second("mount -t proc proc /proc")],
      inside: [first(`sudo nsenter -t ${innerPid1} -p -m ps -e`)],
      outside: [first("top -bn1")],
      leave: [second("exec true")],
    },
  },
  wrong: {
    look: [first("echo ps -ef"), first("ls /proc")],
    enter: [
      first("sudo unshare --uts bash"),
      first("exit"),
      first("sudo unshare --pid --fork --mount-proc sleep 1"),
      second("bash"),
      second("exit"),
    ],
    inside: [second("ps -ef"), first("echo ps -ef"), first("hostname")],
    outside: [first("ps -ef"), first("lsns -t pid"), second("echo lsns")],
    leave: [first("kill -KILL 1"), first("sh -c 'exit 1'"), second("sudo unshare -pf --mount-proc sh -c 'exit 0'")],
  },
};
