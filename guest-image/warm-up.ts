/**
 * What the first minute of a visit needs, run once before the snapshot is saved: programs, libraries and the busybox
 * image are then in the page cache of every restored guest, and nobody waits for a download between two key strokes.
 */
export const WARM_UP: readonly string[] = [
  "ps -ef; ps aux; pgrep init; free; ls -la --color=auto /; cat /etc/os-release /proc/self/status; hostname; id; uname -a; sleep 0; env; true",
  "sudo unshare --pid --fork --mount-proc bash -c 'ps -ef; ls /'",
  "unshare --uts sh -c 'hostname inside; hostname'; lsns; nsenter --target 1 --uts hostname; findmnt -n /; mount",
  "mkdir /sys/fs/cgroup/warm && rmdir /sys/fs/cgroup/warm; readlink /proc/self/ns/pid; kill -l; echo ok | grep ok; head -c1 /dev/zero | wc -c; grep -c . /proc/mounts; sed -n 1p /etc/hosts",
  "ip -brief link; bash -ic 'exit' </dev/null",
];

/** With the runtime, once it answers. */
export const WARM_UP_BOX: readonly string[] = [
  "docker run --rm -m 64M --hostname warm busybox sh -c 'hostname; ps; cat /sys/fs/cgroup/memory.max; ls; sleep 0; id'",
  "docker run -d --name warm busybox sleep 100; docker ps; docker exec warm ps; docker logs warm; docker inspect warm; docker rm -f warm; docker images",
  "node -e 1",
];
