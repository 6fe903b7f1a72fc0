/**
 * What the first minute of a visit needs, run once before the snapshot is saved: the pages of programs, libraries and
 * images that it touches are then in the page cache of every restored guest, and nobody waits for a download between
 * two key strokes. Each line costs bytes before the prompt: `npm run guest:build` prints the sum.
 */

/** Through the agent, output thrown away. */
export const WARM_UP: readonly string[] = [
  "ps -ef; ps aux; ps --forest -eo pid,ppid,comm; ls -la --color=auto /; cat /etc/hosts; hostname; id; sleep 0",
  "sudo unshare --pid --fork --mount-proc bash -c 'ps -ef; ls /'",
  "unshare --uts bash -c 'hostname inside; hostname'; lsns; nsenter --target 1 --uts hostname",
  // Whole: which of its pages ps needs depends on what it finds, and on how long that has run.
  "cat /usr/bin/ps /usr/lib/i386-linux-gnu/libproc2.so.0 > /dev/null",
  "mkdir /sys/fs/cgroup/warm; echo 100M > /sys/fs/cgroup/warm/memory.max; cat /sys/fs/cgroup/warm/memory.max; rmdir /sys/fs/cgroup/warm",
];

/**
 * Containers, from the first `docker run` on. The runtime is read whole: which of its pages a run touches depends on
 * who is first at a pipe. What belongs into that file says runtime-src/core-modules.ts.
 */
export const WARM_UP_BOX: readonly string[] = [
  "cat /usr/bin/box > /dev/null",
  "docker run --rm -m 64M --hostname warm busybox sh -c 'hostname; ps; cat /sys/fs/cgroup/memory.max; ls; sleep 0; id'",
  "docker run -d --name warm busybox sleep 100; docker ps; docker exec warm ps; docker logs warm; docker rm -f warm; docker images",
];

/**
 * Typed on the second terminal, whose shell is replaced afterwards: bash and readline as a person uses them.
 * Tab completes, the arrow brings the last line back.
 */
export const WARM_UP_KEYS: readonly string[] = [
  "for i in 1 2; do echo $i; done \r",
  "cd /us\t; pwd; cd; X=$(id -u); test $X -eq 0 && echo root\r",
  "jobs; history 1; type cd\r",
  "\x1b[A\x1b[A\x1b[D\r",
];
