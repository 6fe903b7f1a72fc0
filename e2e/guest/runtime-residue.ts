/** What a container could leave behind, counted by the kernel and the file system: equal before and after. */
import type { Guest } from "./guest.ts";
import { settledAt, steady } from "./settle.ts";

const COUNT = [
  "echo namespaces $(readlink /proc/[0-9]*/ns/* | sort -u | wc -l)",
  "echo mounts $(wc -l < /proc/self/mountinfo)",
  "echo cgroups $(ls -d /sys/fs/cgroup/box/*/ 2>/dev/null | wc -l)",
  "echo state $(ls /run/box | grep -v -e box.sock -e names | wc -l) $(ls /run/box/names | wc -l)",
  "echo disk $(ls /var/lib/box/containers | wc -l)",
  "echo programs $(pgrep -fc '^(box|docker|sleep|sh -c)')",
].join("; ");

const count = (guest: Guest): Promise<string> => guest.out(COUNT);

/** What others are held against. */
export const residue = (guest: Guest): Promise<string> => steady(() => count(guest));

/** The count once it is `wanted`, else what it still is when all has had its time. */
export const settledResidue = (guest: Guest, wanted: string): Promise<string> => settledAt(() => count(guest), wanted);
