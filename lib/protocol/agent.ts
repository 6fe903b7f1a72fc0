/**
 * Requests from the page to the guest's agent, over hvc1.
 *
 * v86 drops console input for which the guest has posted no buffer, so the page sends short lines and waits for the
 * acknowledgement of each. All lines are ASCII (JSON with \u escapes) and end in "\n".
 *
 *   page -> guest   `Q <seq> <id> <more> <fragment>`   at most MAX_LINE_BYTES; <more> is 1 while fragments of the same
 *                                                      request follow. Sent again when no ack came in ACK_TIMEOUT_MS;
 *                                                      the guest drops a <seq> it has already taken.
 *   guest -> page   `K <seq>`                          line taken
 *                   `A <id> <json>`                    the answer: AgentAnswer
 *
 * The fragments of one request joined are one JSON text: AgentRequest. A fragment with another <id> than the one before
 * starts anew: the page that sent the former is gone (restore, reset, timeout). The page's <seq> goes on from the time
 * in seconds, so that a guest restored from a snapshot takes a new page's lines for new; <seq> only ever grows.
 */
export const AGENT_VERSION = 1;
export const MAX_LINE_BYTES = 2048;
export const ACK_TIMEOUT_MS = 2_000;

/** method -> params and result, side by side. */
export interface AgentMethods {
  hello: { params: { version: number }; result: { version: number; box: string; kernel: string } };
  /**
   * Sets CLOCK_REALTIME. `entropy`, hex digits, goes to the kernel's random numbers, which are made anew from it: every
   * guest of one snapshot would otherwise draw the same.
   */
  setClock: { params: { epochMs: number; entropy?: string }; result: null };
  /** Window size of a terminal ("hvc0", "hvc2"); TIOCSWINSZ, which raises SIGWINCH. */
  windowSize: { params: { terminal: string; columns: number; rows: number }; result: null };
  /** Runs a `box` command line without a terminal, e.g. ["run", "-d", "busybox", "sleep", "9"]; the first 64 KiB of each stream. */
  box: { params: { argv: readonly string[] }; result: { exitCode: number; stdout: string; stderr: string } };
  /** Runs a shell command as root in the guest; for tests, tools and the headless guest. */
  shell: { params: { command: string; cwd?: string }; result: { exitCode: number; stdout: string; stderr: string } };
  /** A signal to one process of the guest, by its PID outside every container. */
  kill: { params: { pid: number; signal: string }; result: null };
  /** A signal to a container's first process. */
  killContainer: { params: { container: string; signal: string }; result: null };
  pause: { params: { container: string }; result: null };
  unpause: { params: { container: string }; result: null };
  start: { params: { container: string }; result: null };
  /** SIGTERM (or the container's own stop signal), then SIGKILL; without `timeoutSeconds` after the container's own time. */
  stop: { params: { container: string; timeoutSeconds?: number }; result: null };
  restart: { params: { container: string; timeoutSeconds?: number }; result: null };
  /** `force` kills a running one; `volumes` takes its anonymous volumes along. */
  rm: { params: { container: string; force: boolean; volumes?: boolean }; result: null };
  rename: { params: { container: string; name: string }; result: null };
  /** As `box update`: limits of a container, written to its cgroup and kept. What is refused carries the kernel's errno. */
  update: { params: { container: string } & LimitChanges; result: null };
  /**
   * Writes a limit file of any cgroup: `cgroup` is a path from the cgroup2 root ("/box/0123456789ab"), `file` the kernel's
   * name ("memory.max"), `value` what is written. The result is what the file says afterwards.
   */
  writeCgroup: { params: { cgroup: string; file: string; value: string }; result: { value: string } };
  /**
   * "Open a shell here": types `docker exec -it … sh` at the prompt of a terminal (hvc0, hvc2), with the shell that the
   * container has. Refused with BUSY where something else than the idle shell has the terminal.
   */
  openShell: { params: { container: string; terminal: string }; result: { command: string } };
  networkConnect: { params: { network: string; container: string }; result: null };
  networkDisconnect: { params: { network: string; container: string }; result: null };
  list: { params: Record<string, never>; result: { containers: readonly ContainerSummary[] } };
}

/** null leaves a limit as it is, -1 takes it away. What is optional may be left out. */
export interface LimitChanges {
  /** memory.max in bytes. */
  readonly memory: number | null;
  /** Memory and swap together in bytes, as docker counts. */
  readonly memorySwap?: number | null;
  /** memory.low in bytes. */
  readonly memoryReservation?: number | null;
  /** cpu.max as a number of CPUs. */
  readonly cpus: number | null;
  /** cpu.weight, 1 to 10000. */
  readonly cpuWeight?: number | null;
  /** pids.max */
  readonly pids: number | null;
  /** io.max, one entry a block device. */
  readonly io?: readonly IoLimit[];
}

/** `device` is "major:minor" or a path ("/dev/ram0"); bytes and operations a second. */
export interface IoLimit {
  readonly device: string;
  readonly rbps?: number | null;
  readonly wbps?: number | null;
  readonly riops?: number | null;
  readonly wiops?: number | null;
}

export type AgentMethod = keyof AgentMethods;

/** What the page needs to name containers in its panels. */
export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly status: "creating" | "created" | "running" | "paused" | "stopped";
  /** Waits to be started again by its restart policy. */
  readonly restarting?: boolean;
  /** null without a health check. */
  readonly health?: "starting" | "healthy" | "unhealthy" | null;
  /** Host PID of the container's init, null when there is none. */
  readonly pid: number | null;
  /** Path from the cgroup2 root. */
  readonly cgroup: string;
  /** While it runs. */
  readonly ports?: readonly PublishedPort[];
}

/** A port of this machine that leads into a container. */
export interface PublishedPort {
  readonly protocol: "tcp" | "udp";
  /** "0.0.0.0" for every address of the machine. */
  readonly hostAddress: string;
  readonly hostPort: number;
  /** The container's. */
  readonly port: number;
}

export type AgentRequest = {
  [M in AgentMethod]: {
    readonly v: typeof AGENT_VERSION;
    readonly id: number;
    readonly method: M;
    readonly params: AgentMethods[M]["params"];
  };
}[AgentMethod];

/** `code` is an errno name (ENOENT) or one of the reasons below. */
export type AgentAnswer =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly code: string; readonly message: string };

/** The closed list of reasons besides errno names. */
export type AgentRefusal =
  | "BAD_REQUEST"
  | "UNKNOWN_METHOD"
  | "VERSION"
  | "TIMEOUT"
  | "NO_SUCH_CONTAINER"
  /** The terminal is not at a prompt. */
  | "BUSY"
  /** box refused; the message is what it said. */
  | "FAILED"
  | "GUEST_GONE";
