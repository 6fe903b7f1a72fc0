import { expect, test } from "vitest";
import type { Guest } from "./guest.ts";
import { tidyGuest } from "./tidy-guest.ts";

let guest: Guest;
tidyGuest((booted) => {
  guest = booted;
});

const inspect = (format: string, name = "web") => guest.out(`docker inspect -f '${format}' ${name}`);

test("detached: listed, executed in, logged, stopped, started again, removed", async () => {
  const id = await guest.out('docker run -d --name web busybox sh -c "echo hello; echo oops >&2; exec sleep 1000"');
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(await guest.out("docker ps")).toMatch(
    new RegExp(`${id.slice(0, 12)} +busybox +"sh -c echo hello; e…" +.* ago +Up .* +web`),
  );
  expect(await guest.out("docker exec -e A=b web sh -c 'hostname; echo $A; exit 0'")).toBe(`${id.slice(0, 12)}\nb`);
  expect((await guest.sh("docker exec web sh -c 'exit 3'")).exitCode).toBe(3);
  expect(await guest.out("docker exec web ps | grep -c sleep")).toBe("1");
  await guest.out("until docker logs web 2>&1 | grep -q oops; do :; done");
  expect(await guest.sh("docker logs web")).toMatchObject({ stdout: "hello\n", stderr: "oops\n" });
  expect(await guest.out("docker stop -t 0 web")).toBe("web");
  expect(await inspect("{{.State.Status}} {{.State.ExitCode}}")).toBe("exited 137");
  expect(await guest.out("docker ps -q")).toBe("");
  expect(await guest.out("docker ps -a --format '{{.Status}}'")).toMatch(/^Exited \(137\) .* ago$/);
  expect(await guest.out("docker start web")).toBe("web");
  expect(await inspect("{{.State.Running}}")).toBe("true");
  expect((await guest.sh("docker rm web")).exitCode).toBe(1);
  expect(await guest.out("docker rm -f web")).toBe("web");
});

test("an exec's process is in the container's namespaces and cgroup, and only there", async () => {
  await guest.out("docker run -d --name web busybox sleep 1000");
  const list = "cd /proc/self/ns; for n in pid mnt net uts ipc cgroup; do readlink $n; done";
  const pid = await inspect("{{.State.Pid}}");
  const init = await guest.out(list.replace("self", pid));
  expect(await guest.out(`docker exec web sh -c '${list}'`)).toBe(init);
  expect(await guest.out(list)).not.toBe(init);
  expect(await guest.out("docker exec web cat /proc/self/cgroup")).toBe("0::/");
});

test("a container beyond its memory limit is killed by the kernel: 137, OOMKilled", async () => {
  const eat = "busybox sh -c 'a=x; while :; do a=$a$a; done'";
  expect((await guest.sh(`docker run --name fat -m 12m ${eat}`)).exitCode).toBe(137);
  expect(await inspect("{{.State.OOMKilled}} {{.State.ExitCode}}", "fat")).toBe("true 137");
  expect((await guest.sh("docker run --name thin -m 12m busybox true")).exitCode).toBe(0);
  expect(await inspect("{{.State.OOMKilled}}", "thin")).toBe("false");
});

test("what a container writes is disk, not its memory", async () => {
  const write = "dd if=/dev/zero of=/big bs=1M count=20 2>/dev/null; ls -l /big | wc -l";
  expect(await guest.out(`docker run --rm -m 10m busybox sh -c '${write}'`)).toBe("1");
});

test("pause stops it, unpause lets it go on, both seen in the cgroup", async () => {
  await guest.out("docker run -d --name web busybox sleep 1000");
  await guest.out("docker pause web");
  expect(await guest.out("docker ps --format '{{.Status}}'")).toMatch(/\(Paused\)$/);
  const cgroup = await inspect("{{.CgroupPath}}");
  expect(await guest.out(`grep frozen /sys/fs/cgroup${cgroup}/cgroup.events`)).toBe("frozen 1");
  expect((await guest.sh("docker exec web true")).exitCode).toBe(1);
  await guest.out("docker unpause web");
  expect(await guest.out("docker exec web echo again")).toBe("again");
});

test("update changes the limits of a running container", async () => {
  await guest.out("docker run -d --name web -m 50m busybox sleep 1000");
  await guest.out("docker update -m 40m --cpus 0.5 --pids-limit 9 web");
  expect(await guest.out("docker exec web sh -c 'cd /sys/fs/cgroup; cat memory.max cpu.max pids.max'")).toBe(
    "41943040\n50000 100000\n9",
  );
});

test("kill, wait, and the exit code that stays", async () => {
  const loop = "trap 'exit 5' USR1; echo listens; while :; do sleep 0.1; done";
  await guest.out(`docker run -d --name web busybox sh -c "${loop}"`);
  await guest.out("until docker logs web | grep -q listens; do :; done");
  expect(await guest.out("docker kill -s USR1 web; docker wait web")).toBe("web\n5");
  expect((await guest.sh("docker kill web")).stderr).toMatch(/is not running/);
});

/** Until it is gone: a signal only asks for that. */
async function killSupervisor(): Promise<void> {
  const { supervisorPid } = JSON.parse(await guest.out("cat /run/box/*/state.json"));
  await guest.out(`kill -9 ${supervisorPid}; while [ -e /proc/${supervisorPid} ]; do :; done`);
}

test("a killed supervisor takes its container along, and the next look says so", async () => {
  await guest.out("docker run -d --name web busybox sleep 1000");
  await killSupervisor();
  expect(await guest.out("docker ps -a --format '{{.Status}}'")).toMatch(/^Exited \(137\)/);
});

test("--rm of a container whose supervisor was killed is made good at the next look", async () => {
  await guest.out("docker run -d --rm --name web busybox sleep 1000");
  await killSupervisor();
  expect(await guest.out("docker ps -aq")).toBe("");
});
