/** What stays with a container: restart policies, health checks, several clients, an init that reaps; and the page's requests. */
import { expect, test } from "vitest";
import type { Guest } from "./guest.ts";
import { settled } from "./settle.ts";
import { tidyGuest } from "./tidy-guest.ts";

let guest: Guest;
tidyGuest((booted) => {
  guest = booted;
});

/** Asked again until it holds: what is awaited is a state of the guest, not a time. */
async function until(command: string, pattern: RegExp): Promise<string> {
  const found = await settled(
    () => guest.out(`${command}; true`),
    (text) => pattern.test(text),
  );
  expect(found).toMatch(pattern);
  return found;
}

test("a PID 1 that reaps nothing keeps zombies, --init has none and passes signals and codes on", async () => {
  const orphan = "sh -c '(sh -c \"sleep 0.1\" &); exec sleep 1000'";
  await guest.out(`docker run -d --name bare busybox ${orphan}; docker run -d --init --name tidy busybox ${orphan}`);
  await until("docker exec bare ps -o stat,args", /^Z.*sleep/m);
  await until("docker exec tidy ps -o args | grep -c ^sleep", /^1$/);
  await until("docker exec tidy ps -o stat,args", /^(?!Z)(?![\s\S]*\nZ)/);
  expect(await guest.out("docker exec tidy ps -o pid,args | sed -n 2p")).toMatch(/^ +1 docker-init -- sh/);
  expect(await guest.out("docker stop tidy; docker inspect -f '{{.State.ExitCode}}' tidy")).toBe("tidy\n143");
  const { stdout, exitCode } = await guest.sh(
    "docker run --rm --init busybox sh -c 'echo x > /proc/1/exe; exit 7' 2>&1",
  );
  expect([stdout, exitCode]).toEqual([expect.stringContaining("Read-only file system"), 7]);
  expect((await guest.sh("docker run --rm --init busybox nosuch")).exitCode).toBe(127);
});

test("restart policies: so often and no more, until it is stopped, not after it", async () => {
  const state = "docker inspect -f '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}}'";
  await guest.out("docker run -d --name twice --restart on-failure:2 busybox sh -c 'echo run; exit 4'");
  expect(await guest.out(`docker wait twice; docker logs twice; ${state} twice`)).toBe("4\nrun\nrun\nrun\nexited 2 4");
  await guest.out("docker run -d --name ever --restart always busybox false");
  await until(`${state} ever`, /^restarting [2-9]/);
  expect(await guest.out(`docker stop ever; ${state} ever | cut -d' ' -f1`)).toBe("ever\nexited");
  await guest.out("docker start ever; docker rm -f ever");
  await guest.out("docker run -d --name kept --restart unless-stopped busybox sleep 1000");
  const pid = await guest.out("docker inspect -f '{{.State.Pid}}' kept");
  await guest.out(`kill -9 ${pid}`);
  await until(`${state} kept`, /^running 1/);
  expect(await guest.out("docker inspect -f '{{.State.Pid}}' kept")).not.toBe(pid);
  expect(await guest.out(`docker kill kept; docker wait kept; ${state} kept`)).toBe("kept\n137\nexited 1 137");
});

test("health: starting, unhealthy, healthy again, told by ps and by events", async () => {
  const check = "--health-cmd 'echo probed; test -e /ok' --health-interval 200ms --health-retries 2";
  await guest.out(`docker run -d --name web ${check} busybox sleep 1000`);
  await until("docker ps --format '{{.Status}}'", /\(unhealthy\)/);
  await guest.out("docker exec web touch /ok");
  await until("docker ps --filter health=healthy --format '{{.Status}}'", /\(healthy\)/);
  expect(await guest.out("docker inspect -f '{{(index .State.Health.Log 0).Output}}' web")).toBe("probed\n");
  const actions = "docker events --since 10m --until 0s --filter container=web --filter event=health_status";
  // It is told after the state is written.
  await until(`${actions} --format '{{.Action}}'`, /^health_status: unhealthy\nhealth_status: healthy$/);
  await guest.out(
    `docker run -d --name slow --health-cmd 'sleep 100' --health-interval 100ms --health-timeout 100ms busybox sleep 1000`,
  );
  await until(
    "docker inspect -f '{{json .State.Health}}' slow",
    /"ExitCode":-1,"Output":"Health check exceeded timeout/,
  );
});

test("several attach to one: each sees the output, each may type, each gets the exit code", async () => {
  const loop = "while read line; do echo got $line; done; exit 3";
  await guest.out(`docker create -i --name web busybox sh -c '${loop}'; docker start web`);
  const script = [
    "mkfifo /tmp/in; (docker attach web < /tmp/in > /tmp/a; echo $? >> /tmp/a) &",
    // before the pipe's other end is open, which would be theirs too
    "(docker attach --no-stdin web > /tmp/b; echo $? >> /tmp/b) & exec 9> /tmp/in",
    "echo one >&9; until grep -q one /tmp/a && grep -q one /tmp/b; do echo one >&9; docker ps -q >/dev/null; done",
    "exec 9>&-; wait; tail -1 /tmp/a; tail -1 /tmp/b; grep -c 'got one' /tmp/b | grep -cv '^0$'; rm -f /tmp/in /tmp/a /tmp/b",
  ];
  expect(await guest.out(script.join("\n"))).toBe("3\n3\n1");
  expect((await guest.sh("docker attach web")).stderr).toMatch(/cannot attach to a stopped container/);
  expect(await guest.out("docker start web; docker restart -t 0 web; docker ps --format '{{.Names}}'")).toBe(
    "web\nweb\nweb",
  );
});

test("start of several, a client that dies, -a of one stream", async () => {
  await guest.out("docker create --name aa busybox sleep 1000; docker create --name bb busybox sleep 1000");
  expect(await guest.out("docker start aa bb; docker ps -q | wc -l")).toBe("aa\nbb\n2");
  const run = "docker run --name cc busybox sh -c 'echo up; exec sleep 1000'";
  await guest.out(
    `(${run} > /tmp/cc 2>&1 & echo $! > /tmp/pid); until grep -q up /tmp/cc; do :; done; kill -9 $(cat /tmp/pid)`,
  );
  expect(await guest.out("docker ps --filter name=cc --format '{{.State}}'; docker exec cc echo alive")).toBe(
    "running\nalive",
  );
  const both = "busybox sh -c 'echo out; echo err >&2'";
  expect(await guest.sh(`docker run --rm -a stderr ${both}`)).toMatchObject({ stdout: "", stderr: "err\n" });
});

test("the page: limits with the kernel's reason, io, a shell at an idle prompt", async () => {
  await guest.out("docker run -d --name web --network none busybox sleep 1000");
  const cgroup = await guest.out("docker inspect -f '{{.CgroupPath}}' web");
  const write = (file: string, value: string) => guest.ask("writeCgroup", { cgroup, file, value });
  expect(await write("pids.max", "7")).toEqual({ value: "7" });
  await expect(write("pids.max", "x")).rejects.toThrow(/EINVAL/);
  await expect(write("nosuch.max", "1")).rejects.toThrow(/ENOENT/);
  await expect(write("../cgroup.procs", "1")).rejects.toThrow(/BAD_REQUEST/);
  const io = [{ device: "/dev/ram0", wbps: 1_048_576 }];
  await guest.ask("update", { container: "web", memory: 50_003_968, cpus: 0.5, pids: 9, cpuWeight: 50, io });
  expect(
    await guest.out("docker exec web sh -c 'cd /sys/fs/cgroup; cat memory.max cpu.max pids.max cpu.weight io.max'"),
  ).toBe("50003968\n50000 100000\n9\n50\n1:0 rbps=max wbps=1048576 riops=max wiops=max");
  expect(await guest.ask("openShell", { container: "web", terminal: "hvc2" })).toEqual({
    command: "docker exec -it web sh",
  });
  await guest.untilScreen("hvc2", /\/ # (?:.\[6n)?$/);
  await expect(guest.ask("openShell", { container: "web", terminal: "hvc2" })).rejects.toThrow(/BUSY/);
  guest.type("hvc2", "exit\r");
  await guest.untilScreen("hvc2", /:~#(?:.\[0m)? $/);
  await guest.ask("rename", { container: "web", name: "shop" });
  await guest.ask("stop", { container: "shop", timeoutSeconds: 0 });
  await guest.ask("start", { container: "shop" });
  await expect(guest.ask("rm", { container: "shop", force: false })).rejects.toThrow(/FAILED: cannot remove container/);
  await expect(guest.ask("start", { container: "nosuch" })).rejects.toThrow(/NO_SUCH_CONTAINER/);
});
