/** What a container could leave behind, counted by the kernel and the file system: equal before and after. */
import type { Guest } from "./guest.ts";

const COUNT = [
  "echo namespaces $(readlink /proc/[0-9]*/ns/* | sort -u | wc -l)",
  "echo mounts $(wc -l < /proc/self/mountinfo)",
  "echo cgroups $(ls -d /sys/fs/cgroup/box/*/ 2>/dev/null | wc -l)",
  "echo state $(ls /run/box | grep -v -e box.sock -e names | wc -l) $(ls /run/box/names | wc -l)",
  "echo disk $(ls /var/lib/box/containers | wc -l)",
  "echo programs $(pgrep -fc '^(box|docker|sleep|sh -c)')",
].join("; ");

export const residue = (guest: Guest): Promise<string> => guest.out(COUNT);

const ATTEMPTS = 50;

/** What `read` gives once it is `wanted`, else its last answer: the kernel and init get to what is gone in their own time. */
export async function settled(read: () => Promise<string>, wanted: string): Promise<string> {
  let found = "";
  for (let attempt = 0; attempt < ATTEMPTS && found !== wanted; attempt++) found = await read();
  return found;
}

export const settledResidue = (guest: Guest, wanted: string): Promise<string> => settled(() => residue(guest), wanted);
