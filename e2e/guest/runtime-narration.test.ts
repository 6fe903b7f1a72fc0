/** --explain tells what happens without touching the output; --shell's script, run by hand, makes the same container. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createVolumeSteps } from "../../runtime-src/container/create-volume.ts";
import { initSteps } from "../../runtime-src/container/init-steps.ts";
import { removeVolumeSteps } from "../../runtime-src/container/remove-volume.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

/** What a container is, seen from inside; /data/host-ns has the host's namespaces. Seccomp is what no shell can do. */
const PROBE = `
for n in cgroup ipc mnt net pid time user uts; do
  if grep -qx "$(readlink /proc/self/ns/$n)" /data/host-ns; then echo $n shared; else echo $n own; fi
done
cut -d' ' -f4- /proc/self/mountinfo | sort
grep -E '^(Cap|NoNewPrivs|Uid|Gid|Groups|Umask)' /proc/self/status
grep -E 'files|processes' /proc/self/limits
for f in memory.max memory.low cpu.max cpu.weight pids.max; do echo $f $(cat /sys/fs/cgroup/$f); done
ls -ln /dev | tail -n +2 | awk '{ print $1, $3, $4, $5, $6, $NF }'
env | sort; pwd; hostname; [ $$ = 1 ] && echo is PID 1
cat /proc/self/oom_score_adj /proc/sys/net/ipv4/ip_forward /etc/hosts /etc/hostname`;

const FLAGS = {
  "as docker makes it": "--network none",
  "with limits":
    "--network none -m 50m --cpus 0.5 --pids-limit 30 --cpu-shares 512 --memory-reservation 20m --oom-score-adj 100",
  "of another user":
    "--network none -u 1000:1001 -w /tmp/work -e A=b -e 'B=c d' --hostname glass --ulimit nofile=100:200",
  "with less or more":
    "--network none --cap-drop ALL --cap-add NET_RAW --security-opt no-new-privileges --read-only --tmpfs /scratch:size=1m --sysctl net.ipv4.ip_forward=1",
  privileged: "--network none --privileged --shm-size 1m",
  "of the host's network": "--network host --pid host --uts host",
};

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  await guest.out("mkdir -p /tmp/data; readlink /proc/self/ns/* > /tmp/data/host-ns; true");
  await guest.out(`cat > /tmp/data/probe <<'PROBE'${PROBE}\nPROBE`);
  before = await residue(guest);
});
afterEach(async () => {
  await guest.out("docker rm -f $(docker ps -aq) >/dev/null 2>&1; true");
  expect(await settledResidue(guest, before)).toBe(before);
});
afterAll(() => guest.end());

test("--explain: output stays the program's, each step is told in its order, in the guest's language", async () => {
  const { stdout, stderr } = await guest.sh("docker run --rm --network none --explain busybox echo hi");
  expect(stdout).toBe("hi\n");
  const told = [...stderr.matchAll(/ init \d+\/\d+: (\S+)$/gm)].map(([, name]) => name);
  const steps = initSteps.map(({ name }) => name);
  expect(told.length).toBeGreaterThan(20);
  expect(told).toEqual(steps.filter((name, i) => told.includes(name) && steps.indexOf(name) === i));
  expect(stderr).toMatch(
    /^pivot_root\(\., \.\) init.*\n {2}Changes the root.*\n {2}\$ cd .*\n {2}\$ pivot_root \. \.$/m,
  );
  expect(stderr).toMatch(/delete \d\/\d: remove-state/);
  const korean = await guest.sh("LANG=ko_KR.UTF-8 docker run --rm --network none --explain busybox true");
  expect(korean.stderr).toMatch(/루트를 바꿉니다\./);
});

test("--explain of exec, and of a step that fails", async () => {
  await guest.out("docker run -d --name web busybox sleep 1000");
  const { stdout, stderr } = await guest.sh("docker exec --explain web echo in");
  expect(stdout).toBe("in\n");
  expect(stderr).toMatch(/^clone3\(.*\n.*\n {2}\$ .*nsenter --target \d+/m);
  expect(stderr).toMatch(/join \d\/\d: set-user/);
  const failed = await guest.sh("docker run --rm --explain -w /etc/passwd busybox true");
  expect(failed.exitCode).toBe(125);
  expect(failed.stderr).toMatch(/chdir\(\/etc\/passwd\) = ENOTDIR \(failed\)/);
  expect(failed.stderr).toMatch(/\(undone\)/);
});

test("--explain of what containers share: networks and volumes", async () => {
  const created = await guest.sh("docker network create --explain nn");
  expect(created.stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect(created.stderr).toMatch(
    /^sendmsg\(RTM_NEWLINK, bridge, (br-\w+)\) network create .*\n.*\n {2}\$ ip link add \1 type/m,
  );
  const removed = await guest.sh("LANG=ko_KR.UTF-8 docker network rm --explain nn");
  expect(removed.stderr).toMatch(/^sendmsg\(RTM_DELLINK, br-\w+\) network rm .*\n {2}브리지를 없앱니다\.$/m);
  const { stderr } = await guest.sh("docker volume create --explain vv; docker volume rm --explain vv");
  expect([...stderr.matchAll(/ volume (?:create|rm) \d\/\d: (\S+)$/gm)].map(([, name]) => name)).toEqual(
    [...createVolumeSteps.filter(({ when }) => !when), ...removeVolumeSteps].map(({ name }) => name),
  );
});

/** Ids are made up anew each time. */
const withoutIds = (text: string): string =>
  text.replaceAll(/[0-9a-f]{64}/g, "ID").replaceAll(/\b[0-9a-f]{12}\b/g, "id");

test.each(Object.entries(FLAGS))(
  "--shell, %s: the script makes the same container, and leaves nothing",
  async (_, flags) => {
    const run = `docker run --rm -v /tmp/data:/data ${flags}`;
    const words = "busybox sh /data/probe";
    const script = await guest.out(`${run} --shell ${words}`);
    expect(await guest.out("docker ps -aq")).toBe("");
    await guest.out(`cat > /tmp/script <<'EOF_SCRIPT'\n${script}\nEOF_SCRIPT`);
    const byHand = await guest.out("bash /tmp/script");
    expect(withoutIds(byHand)).toBe(withoutIds(await guest.out(`${run} ${words}`)));
    expect(byHand.split("\n").length).toBeGreaterThan(50);
  },
);

test("the script passes the exit code on and says what it cannot do", async () => {
  const script = await guest.out("docker run --shell --network none busybox sh -c 'exit 7'");
  expect(script).toMatch(/^#! .*bpf\(2\)/m);
  expect(script).toMatch(/^#! .*seccomp/m);
  expect((await guest.sh(script)).exitCode).toBe(7);
});
