/**
 * The client in C and the resident: a command run through them is as if it had run by itself. Every wait is for a line of
 * output or the end of a process.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, unlinkSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILD_TIMEOUT_MS, type NativeBox, nativeBox, RUN_TIMEOUT_MS } from "./native-box.ts";

let native: NativeBox;
let agent: ChildProcess;
let env: NodeJS.ProcessEnv;

/** The first line of output that holds the text. */
function line(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on("line", (found) => found.includes(text) && resolve(found));
    lines.on("close", () => reject(new Error(`ended before "${text}"`)));
  });
}

function end(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
}

beforeAll(async () => {
  native = await nativeBox();
  const socket = path.join(native.folder, "box.sock");
  env = { ...process.env, BOX_SOCKET: socket, GLASS: "clear" };
  agent = spawn(native.box, ["agent", socket], { stdio: ["ignore", "pipe", "inherit"] });
  await line(agent, "serving");
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  agent.kill("SIGTERM");
  await end(agent);
  native.dispose();
});

test("arguments, environment, folder, umask, descriptors and exit code are the client's", () => {
  const command = 'umask 027; exec "$0" report 5 stdin "a b"';
  const result = spawnSync("sh", ["-c", command, native.box], {
    env,
    cwd: "/usr",
    input: "given",
    encoding: "utf8",
    timeout: RUN_TIMEOUT_MS,
  });
  const report = JSON.parse(result.stdout);
  expect(report).toMatchObject({
    argv: ["report", "5", "stdin", "a b"],
    env: "clear",
    cwd: "/usr",
    umask: 0o027,
    input: "given",
    isTTY: false,
  });
  // 0 to 2, the connection, the loop's epoll, and the folder being read: nothing of the agent's
  expect(report.descriptors).toHaveLength(6);
  expect(result.stderr).toBe("to stderr\n");
  expect(result.status).toBe(5);
});

test("nothing of one command is left for the next", () => {
  for (let round = 0; round < 20; round++) {
    const result = spawnSync(native.box, ["report", String(round)], {
      env: { ...env, GLASS: `${round}` },
      encoding: "utf8",
    });
    expect(JSON.parse(result.stdout).env).toBe(`${round}`);
    expect(result.status).toBe(round);
  }
});

test("many clients at once each get their own answer", async () => {
  const codes = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      end(spawn(native.box, ["report", String(index)], { env, stdio: "ignore" })),
    ),
  );
  expect(codes.map(({ code }) => code)).toEqual(Array.from({ length: 30 }, (_, index) => index));
});

test("a closed standard descriptor becomes /dev/null", () => {
  const result = spawnSync("sh", ["-c", 'exec "$0" report 3 stdin <&- 2>&-', native.box], {
    env,
    encoding: "utf8",
    timeout: RUN_TIMEOUT_MS,
  });
  expect(JSON.parse(result.stdout).input).toBe("");
  expect(result.status).toBe(3);
});

test("signals reach the worker, and it may handle them", async () => {
  const child = spawn(native.box, ["signals", "SIGINT", "SIGUSR1", "SIGTERM"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = end(child);
  await line(child, "ready");
  for (const signal of ["SIGINT", "SIGUSR1"] as const) {
    const seen = line(child, signal);
    child.kill(signal);
    await seen;
  }
  child.kill("SIGTERM");
  expect(await ended).toEqual({ code: 40, signal: null });
});

test("a worker that a signal ends takes its client along, by the same signal", async () => {
  const child = spawn(native.box, ["signals"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = end(child);
  await line(child, "ready");
  child.kill("SIGTERM");
  expect(await ended).toEqual({ code: null, signal: "SIGTERM" });
});

test("a client that dies: the worker's callback runs", async () => {
  const file = path.join(native.folder, "gone");
  const child = spawn(native.box, ["client-gone", "callback", file], { env, stdio: ["ignore", "pipe", "inherit"] });
  const pid = Number((await line(child, "ready")).split(" ")[1]);
  child.kill("SIGKILL");
  await processEnd(pid);
  expect(readFileSync(file, "utf8")).toBe("gone");
  unlinkSync(file);
});

test("a client that dies: without a callback the worker gets SIGHUP", async () => {
  const child = spawn(native.box, ["client-gone", "default"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const pid = Number((await line(child, "ready")).split(" ")[1]);
  child.kill("SIGKILL");
  await processEnd(pid);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

/** The worker is not our child: tail --pid waits for its end. */
function processEnd(pid: number): Promise<unknown> {
  return end(spawn("tail", [`--pid=${pid}`, "-f", "/dev/null", "-s", "0.02"], { stdio: "ignore" }));
}

test("the terminal is set right when a worker dies in raw mode", () => {
  const script = `stty sane; "${native.box}" raw-death; echo "code $?"; stty -a`;
  const result = spawnSync("script", ["-qec", script, "/dev/null"], { env, encoding: "utf8", timeout: RUN_TIMEOUT_MS });
  expect(result.stdout).toContain("code 137");
  expect(result.stdout).toMatch(/(^|\s)icanon/m);
  expect(result.stdout).toMatch(/(^|\s)echo(\s|$)/m);
});

test("without a resident the command runs by itself", () => {
  const result = spawnSync(native.box, ["report", "6"], {
    env: { ...env, BOX_SOCKET: "/no/such/socket" },
    encoding: "utf8",
  });
  expect(result.status).toBe(6);
  expect(JSON.parse(result.stdout).env).toBe("clear");
});

test("a client in another pid namespace can still be interrupted", async () => {
  const child = spawn("unshare", ["--pid", "--fork", "--kill-child", native.box, "signals", "SIGTERM"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = end(child);
  await line(child, "ready");
  const client = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
  process.kill(client, "SIGTERM");
  expect(await ended).toEqual({ code: 40, signal: null });
});
