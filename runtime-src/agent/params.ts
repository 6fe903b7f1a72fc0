/** The shape of each method's parameters: the page is not trusted to be the page that this guest was built with. */
import { AGENT_VERSION, type AgentMethod, type AgentRequest } from "../../lib/protocol/agent.ts";
import { Refusal } from "./refusal.ts";

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;

const MAX_TEXT = 131_072;

const text: Check = (value) => typeof value === "string" && value.length <= MAX_TEXT;
const integer =
  (from: number, to: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const texts: Check = (value) => Array.isArray(value) && value.length <= 1000 && value.every(text);

const MAX_MEMORY = 2 ** 40;
const MAX_EPOCH_MS = 8.64e15;
const ENTROPY = /^(?:[0-9a-f]{2}){1,64}$/;
const flag: Check = (value) => typeof value === "boolean";
const seconds = integer(-1, 86_400);
/** -1: no limit. */
const cpus: Check = (value) => typeof value === "number" && (value === -1 || (value > 0 && value <= 1024));
const rate = optional(orNull(integer(-1, 2 ** 48)));
const ioLimit: Check = (value) => {
  if (typeof value !== "object" || value === null) return false;
  const { device, rbps, wbps, riops, wiops } = value as Fields;
  return text(device) && [rbps, wbps, riops, wiops].every(rate);
};

const SHAPES: Readonly<Record<AgentMethod, Readonly<Record<string, Check>>>> = {
  hello: { version: integer(0, 1000) },
  setClock: {
    epochMs: (value) => typeof value === "number" && value >= 0 && value <= MAX_EPOCH_MS,
    entropy: optional((value) => typeof value === "string" && ENTROPY.test(value)),
  },
  windowSize: { terminal: text, columns: integer(1, 1000), rows: integer(1, 1000) },
  box: { argv: texts },
  shell: { command: text, cwd: optional(text) },
  // 1 is the guest's init, below are groups and everybody
  kill: { pid: integer(2, 4_194_304), signal: text },
  killContainer: { container: text, signal: text },
  pause: { container: text },
  unpause: { container: text },
  start: { container: text },
  stop: { container: text, timeoutSeconds: optional(seconds) },
  restart: { container: text, timeoutSeconds: optional(seconds) },
  rm: { container: text, force: flag, volumes: optional(flag) },
  rename: { container: text, name: text },
  update: {
    container: text,
    memory: orNull(integer(-1, MAX_MEMORY)),
    memorySwap: optional(orNull(integer(-1, MAX_MEMORY))),
    memoryReservation: optional(orNull(integer(0, MAX_MEMORY))),
    cpus: orNull(cpus),
    cpuWeight: optional(orNull(integer(1, 10_000))),
    pids: orNull(integer(-1, 1e6)),
    io: optional((value) => Array.isArray(value) && value.length <= 100 && value.every(ioLimit)),
  },
  writeCgroup: { cgroup: text, file: text, value: text },
  openShell: { container: text, terminal: text },
  networkConnect: { network: text, container: text },
  networkDisconnect: { network: text, container: text },
  list: {},
};

/** Throws a Refusal for anything that is no request. */
export function checkRequest(id: number, json: string): AgentRequest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw new Refusal("BAD_REQUEST", "the request is no JSON");
  }
  if (typeof parsed !== "object" || parsed === null) throw new Refusal("BAD_REQUEST", "the request is no object");
  const request = parsed as Fields;
  if (request.v !== AGENT_VERSION) {
    throw new Refusal("VERSION", `the guest speaks version ${AGENT_VERSION}; build page and guest image together`);
  }
  if (request.id !== id) throw new Refusal("BAD_REQUEST", "the request's id is not its frame's");
  if (typeof request.method !== "string" || !Object.hasOwn(SHAPES, request.method)) {
    throw new Refusal("UNKNOWN_METHOD", `no method "${String(request.method)}"`);
  }
  const shape = SHAPES[request.method as AgentMethod];
  const params = (typeof request.params === "object" && request.params !== null ? request.params : {}) as Fields;
  for (const [name, check] of Object.entries(shape)) {
    if (!check(params[name])) throw new Refusal("BAD_REQUEST", `${request.method}: bad parameter "${name}"`);
  }
  return { ...request, params } as unknown as AgentRequest;
}
