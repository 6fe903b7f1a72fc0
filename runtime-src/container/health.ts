/**
 * A container's health check (--health-cmd, an image's HEALTHCHECK), in its supervisor: runs the test as `exec` would, waits
 * the interval, runs it again. What it found lies in health.json beside state.json: docker's words, the last five results.
 *
 * Each test is a forked copy of the supervisor, since who makes a process in another PID namespace belongs to it for good
 * (setns(2) CLONE_NEWPID).
 */
import { O_CLOEXEC, O_RDWR, SIGKILL, SIGTERM } from "../linux/constants.ts";
import type { Disposable } from "../linux/syscalls.ts";
import { enterContainer, type RunningState } from "./enter.ts";
import { containerEvent, emitEvents } from "./events.ts";
import { runExecSession } from "./exec-session.ts";
import { type Health, type HealthResult, writeHealth } from "./health-file.ts";
import type { Host } from "./host.ts";
import type { HealthCheck } from "./state.ts";

const KEPT_RESULTS = 5;
const MAX_OUTPUT_BYTES = 4096;
const CANNOT_EXEC = 126;

/** docker's rule: a failure within the start period does not count until one test has succeeded. */
export function judge(before: Health, result: HealthResult, check: HealthCheck, isStarting: boolean): Health {
  const Log = [...before.Log, result].slice(-KEPT_RESULTS);
  if (result.ExitCode === 0) return { Status: "healthy", FailingStreak: 0, Log };
  if (isStarting && before.Status === "starting") return { ...before, Log };
  const FailingStreak = before.FailingStreak + 1;
  return { Status: FailingStreak >= check.retries ? "unhealthy" : before.Status, FailingStreak, Log };
}

export function watchHealth(host: Host, state: RunningState): Disposable {
  const check = state.health;
  if (!check) return { dispose: () => {} };
  const startedMs = Date.now();
  const isStarting = () => Date.now() - startedMs < check.startPeriodMs;
  let health: Health = { Status: "starting", FailingStreak: 0, Log: [] };
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let running: Disposable | null = null;
  const keep = () => {
    try {
      writeHealth(host.paths, state.id, health);
    } catch {
      // the container is being removed
    }
  };
  const later = () => {
    const waitMs = isStarting() && health.Status === "starting" ? check.startIntervalMs : check.intervalMs;
    timer = setTimeout(test, Math.min(waitMs, check.intervalMs));
  };
  const test = () => {
    running = runTest(host, state, check, (result) => {
      running = null;
      if (ended) return;
      const before = health.Status;
      health = judge(health, result, check, isStarting());
      keep();
      if (health.Status !== before) emitEvents(host.paths, [containerEvent(state, `health_status: ${health.Status}`)]);
      later();
    });
  };
  keep();
  later();
  return {
    dispose: () => {
      ended = true;
      if (timer) clearTimeout(timer);
      running?.dispose();
    },
  };
}

function runTest(
  host: Host,
  state: RunningState,
  check: HealthCheck,
  done: (result: HealthResult) => void,
): Disposable {
  const { linux } = host;
  const [reading, writing] = linux.pipe();
  const Start = new Date().toISOString();
  const pid = linux.fork(
    () => {
      testInChild(host, state, check, writing);
      return undefined;
    },
    { stay: true },
  );
  linux.close(writing);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isLate = false;
  const watch = linux.onReadable(reading, () => {
    const data = linux.read(reading, MAX_OUTPUT_BYTES);
    if (data.length === 0) return watch.dispose();
    if (size < MAX_OUTPUT_BYTES) chunks.push(data.subarray(0, MAX_OUTPUT_BYTES - size));
    size += data.length;
  });
  const stop = () => linux.kill(pid, SIGTERM);
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, check.timeoutMs);
  const exit = linux.onExit(pid, ({ exitCode, signal }) => {
    clearTimeout(timer);
    watch.dispose();
    linux.close(reading);
    const words = `Health check exceeded timeout (${check.timeoutMs / 1000}s)`;
    done({
      Start,
      End: new Date().toISOString(),
      ExitCode: isLate ? -1 : (exitCode ?? 128 + (signal ?? 0)),
      Output: isLate ? words : Buffer.concat(chunks).toString(),
    });
  });
  return {
    dispose: () => {
      clearTimeout(timer);
      exit.dispose();
      watch.dispose();
      linux.close(reading);
      stop();
    },
  };
}

function testInChild(host: Host, state: RunningState, check: HealthCheck, output: number): void {
  const { linux } = host;
  const nothing = linux.open("/dev/null", O_RDWR | O_CLOEXEC);
  linux.dup2(nothing, 0);
  linux.dup2(output, 1);
  linux.dup2(output, 2);
  let kill = () => linux.exit(CANNOT_EXEC);
  linux.onSignal(SIGTERM, () => kill());
  const [kind, ...words] = check.test;
  const args = kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...words] : words;
  try {
    const context = enterContainer(host, state, { ...state.spec.process, args, terminal: false, openStdin: false });
    kill = () => linux.pidfdSendSignal(context.processFd, SIGKILL) as never;
    runExecSession(context).then((exitCode) => linux.exit(exitCode));
  } catch (error) {
    linux.write(2, `OCI runtime exec failed: ${(error as Error).message}`);
    linux.exit(CANNOT_EXEC);
  }
}
