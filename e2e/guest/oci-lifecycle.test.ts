/** The operations of the runtime-spec (runtime.md) on bundles: their order, their hooks, what they refuse, what they leave. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { ALL_NAMESPACES, BASE, type Config, merge, namespaces } from "./oci-bundle.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

const BUNDLE = "/tmp/bundle";
const PREPARE = `
set -e
mkdir -p ${BUNDLE}/rootfs && cd ${BUNDLE}/rootfs && mkdir -p bin proc dev sys tmp
cp /bin/busybox bin/ && for name in sh cat sleep id true stty; do ln -s busybox bin/$name; done
cat > ${BUNDLE}/hook <<'END'
#!/bin/sh
state=$(cat)
status=$(echo "$state" | sed 's/.*"status":"\\([a-z]*\\)".*/\\1/')
echo "$1 $status $(readlink /proc/self/ns/mnt) \${A-unset} \${PATH-unset}" >> ${BUNDLE}/hooks.log
[ "$1" != "$FAIL" ] || { echo "$1 does not want to" >&2; exit 3; }
[ "$1" != "$SLOW" ] || exec sleep 100
END
chmod 755 ${BUNDLE}/hook`;

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  await guest.out(PREPARE);
  before = await residue(guest);
});
afterEach(async () => {
  await guest.out("for id in $(box oci list -q); do box oci delete -f $id; done");
  expect(await guest.out("ls -A /run/box-oci; ls -d /sys/fs/cgroup/oci-crun/*/ 2>/dev/null || true")).toBe("");
  expect(await settledResidue(guest, before)).toBe(before);
});
afterAll(() => guest.end());

/** Always two processes; once it is up, TERM ends it with 7. */
const LOOP = ["sh", "-c", "trap 'exit 7' TERM; sleep 1000 & echo up > /dev/shm/up; wait"];
/** In the container. A file is there before there is something in it. */
const UP = "until test -s /dev/shm/up; do sleep 0.1; done; cat /dev/shm/up";

async function write(config: Config): Promise<void> {
  const text = JSON.stringify(merge(merge(BASE, { process: { args: LOOP } }), config));
  await guest.out(`cat > ${BUNDLE}/config.json <<'END'\n${text}\nEND`);
}

/** Each command's exit code and both its streams, in one go. */
async function all(...commands: readonly string[]): Promise<string[]> {
  const script = commands.map((command) => `(${command}) 2>&1; echo "=$?="`).join("\n");
  const output = await guest.out(`cd ${BUNDLE}\n${script}`);
  // words, code, words, code, ...
  const parts = output.split(/=(\d+)=\n?/);
  return commands.map((_, i) => `${parts[2 * i + 1]} ${parts[2 * i]?.trim()}`.trim());
}

test("created, started, killed, deleted, and nothing else in another order", async () => {
  await write({ annotations: { a: "b" } });
  const answers = await all(
    "box oci create --pid-file pid it",
    "box oci state it | tr -d ' \\n'; echo; cat /proc/$(cat pid)/comm; ls rootfs/dev | wc -l",
    "box oci create it",
    "box oci delete it",
    "box oci exec it true",
    "box oci start it",
    "box oci start it",
    `box oci exec it sh -c '${UP}; id -u; exit 4'`,
    "box oci ps --format json it | tr ',' '\\n' | wc -l",
    "box oci list | awk '{ print $1, $3 }'",
    "box oci pause it && box oci state it | grep -o paused",
    "box oci exec it true",
    "box oci pause it",
    "box oci resume it; box oci resume it",
    "box oci update --memory 50000000 --pids-limit 21 it && cat /sys/fs/cgroup/oci-crun/it/pids.max",
    "box oci events --stats it | grep -o '\"limit\":21'",
    "box oci kill it 0 && box oci kill it && until box oci state it | grep -o stopped; do sleep 0.1; done",
    "box oci kill it",
    "box oci start it",
    "box oci delete it",
    "box oci state it",
    "box oci delete it",
    "box oci delete --force it",
  );
  expect(answers[1]).toMatch(
    /^0 \{.*"id":"it","status":"created","pid":\d+,"bundle":"\/tmp\/bundle","annotations":\{"a":"b"\}/,
  );
  expect(answers.filter((_, i) => i !== 1)).toEqual([
    "0",
    '1 box oci: container with id "it" already exists',
    "1 box oci: cannot delete container it that is not stopped: created",
    "0",
    "0",
    "1 box oci: cannot start a container that is running: it",
    "4 up\n0",
    "0 2",
    "0 ID STATUS\nit running",
    "0 paused",
    "1 box oci: cannot exec in a paused container (use --ignore-paused to override)",
    "1 box oci: container it is paused: only created or running ones can be paused",
    "1 box oci: container it is running: only paused ones can be resumed",
    "0 21",
    '0 "limit":21',
    "0 stopped",
    "1 box oci: container not running: it is stopped",
    "1 box oci: cannot start a container that is stopped: it",
    "0",
    '1 box oci: container "it" does not exist',
    '1 box oci: container "it" does not exist',
    "0",
  ]);
});

const KINDS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];
const hooks = (more: Config = {}, kinds = KINDS): Config => ({
  hooks: Object.fromEntries(
    kinds.map((kind) => [kind, [{ path: `${BUNDLE}/hook`, args: ["hook", kind], env: ["A=1", "PATH=/bin"], ...more }]]),
  ),
});
/** Hooks that run on the container's own root find themselves there. */
const OWN_HOOK = `mkdir -p ${BUNDLE}/rootfs${BUNDLE} && cp ${BUNDLE}/hook ${BUNDLE}/rootfs${BUNDLE}/hook`;

test("hooks run in their order, in their namespace, with the state and an environment of their own", async () => {
  await write({
    ...hooks(),
    mounts: [...(BASE.mounts as []), { destination: BUNDLE, type: "bind", source: BUNDLE }],
    process: { args: ["true"] },
  });
  await guest.out(
    `${OWN_HOOK}; rm -f ${BUNDLE}/hooks.log; cp /bin/busybox ${BUNDLE}/rootfs/bin/readlink; cp /bin/busybox ${BUNDLE}/rootfs/bin/sed`,
  );
  expect(await all("box oci run it")).toEqual(["0"]);
  const lines = (await guest.out(`cat ${BUNDLE}/hooks.log; readlink /proc/self/ns/mnt`)).split("\n");
  const host = lines.pop();
  expect(lines.map((line) => line.split(" ")).map(([kind, status, mnt, a]) => [kind, status, mnt === host, a])).toEqual(
    [
      ["prestart", "creating", true, "1"],
      ["createRuntime", "creating", true, "1"],
      ["createContainer", "creating", false, "1"],
      ["startContainer", "created", false, "1"],
      ["poststart", "running", true, "1"],
      ["poststop", "stopped", true, "1"],
    ],
  );
});

test("a hook that fails stops what has not started, and only warns after that", async () => {
  const bind = [...(BASE.mounts as []), { destination: BUNDLE, type: "bind", source: BUNDLE }];
  const found: string[] = [];
  for (const kind of KINDS) {
    await write({ ...hooks({ env: ["PATH=/bin", `FAIL=${kind}`] }), mounts: bind, process: { args: ["true"] } });
    found.push(...(await all(`rm hooks.log; box oci run it; code=$?; tail -n1 hooks.log | cut -d' ' -f1; exit $code`)));
  }
  expect(found.map((words) => words.replaceAll(/\s+/g, " "))).toEqual([
    "1 box oci: hooks.prestart[0]: /tmp/bundle/hook: exit status 3: prestart does not want to poststop",
    "1 box oci: hooks.createRuntime[0]: /tmp/bundle/hook: exit status 3: createRuntime does not want to poststop",
    "1 box oci: container-hooks: hooks.createContainer[0]: /tmp/bundle/hook: exit status 3: createContainer does not want to poststop",
    "1 box oci: start-hooks: hooks.startContainer[0]: /tmp/bundle/hook: exit status 3: startContainer does not want to poststop",
    "0 box oci: warning: hooks.poststart[0]: /tmp/bundle/hook: exit status 3: poststart does not want to poststop",
    "0 box oci: warning: hooks.poststop[0]: /tmp/bundle/hook: exit status 3: poststop does not want to poststop",
  ]);
});

test("a hook that takes too long is killed", async () => {
  await write({
    ...hooks({ env: ["PATH=/bin", "SLOW=prestart"], timeout: 1 }, ["prestart"]),
    process: { args: ["true"] },
  });
  expect(await all("box oci run it")).toEqual(["1 box oci: hooks.prestart[0]: /tmp/bundle/hook: no end after 1 s"]);
});

test("exit codes, signals, a terminal, another root for state, a log in JSON", async () => {
  await write({ process: { args: ["sh", "-c", "exit 9"] } });
  const codes = await all("box oci run it");
  // not as PID 1: the kernel keeps that one from its own signals
  const shared = namespaces(...ALL_NAMESPACES.filter((type) => type !== "pid"));
  await write({ process: { args: ["sh", "-c", "kill -9 $$"] }, linux: { namespaces: shared } });
  codes.push(...(await all("box oci run it")));
  await write({ process: { args: LOOP } });
  codes.push(
    ...(await all(
      `box oci run it & until box oci exec it sh -c '${UP}' 2>/dev/null; do sleep 0.1; done; kill $!; wait $!`,
      "box oci --root /run/other --log err --log-format json start none; sed 's/,\"time.*//' err; test ! -e /run/other",
      "box oci run --console-socket /no/such it",
      "box oci create --no-pivot it",
    )),
  );
  await write({
    process: { terminal: true, consoleSize: { width: 91, height: 33 }, args: ["sh", "-c", "stty size; test -t 0"] },
  });
  codes.push(
    ...(await all("box oci create it", "box oci create --console-socket /no/such it", "box oci run it < /dev/null")),
  );
  expect(codes).toEqual([
    "9",
    "137",
    "7 up",
    '0 box oci: container "none" does not exist\n{"level":"error","msg":"container \\"none\\" does not exist"',
    "1 box oci: --console-socket: the bundle has no process.terminal",
    "1 box oci: --no-pivot is not supported: without pivot_root(2) a container can reach the host's root",
    "1 box oci: process.terminal: needs --console-socket: nobody else would hold it",
    "1 box oci: --console-socket /no/such: ENOENT: nobody listens there",
    "0 33 91",
  ]);
});

test("a creator that is killed leaves nothing that delete --force does not take away", async () => {
  await write({ ...hooks({ env: ["PATH=/bin", "SLOW=createRuntime"] }, ["createRuntime"]) });
  const answers = await all(
    "rm -f hooks.log; box oci create it & until grep -s createRuntime hooks.log && pgrep -fx 'sleep 100'; do :; done; kill -9 $!; wait $!",
    "pkill -9 -fx 'sleep 100'; box oci state it | grep -o creating",
    "box oci start it",
    "box oci delete -f it",
  );
  expect(answers.map((words) => words.split(" ")[0])).toEqual(["137", "0", "1", "0"]);
});
