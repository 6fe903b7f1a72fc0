/** Commands worth a first look; each is typed into the host's terminal as it stands here. */
export const QUICK_COMMANDS = [
  "sudo unshare --pid --fork --mount-proc bash",
  "docker run -d --name web -m 100M --hostname web busybox sleep 600",
  "docker run --rm -it -m 64M --cpus 0.2 busybox sh",
  "docker run --rm -m 16M busybox tail /dev/zero",
  "docker ps",
  "ps -ef",
  "lsns",
  "exit",
] as const;

export const FIRST_COMMANDS = QUICK_COMMANDS.slice(0, 2);
