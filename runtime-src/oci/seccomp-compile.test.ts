import { expect, test } from "vitest";
import {
  AUDIT_ARCH_I386,
  SECCOMP_RET_ALLOW as RET_ALLOW,
  SECCOMP_RET_ERRNO as RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS as RET_KILL_PROCESS,
} from "../linux/constants.ts";
import { DEFAULT_CAPABILITIES } from "./capabilities.ts";
import { compileSeccomp } from "./seccomp-compile.ts";
import { allowedByCapabilities, DENIED, LAST_SYSCALL } from "./seccomp-profile.ts";

const EPERM = RET_ERRNO | 1;
const ENOSYS = RET_ERRNO | 38;

interface Call {
  readonly nr: number;
  readonly arch?: number;
  readonly args?: readonly number[];
}

/** Classic BPF as net/core/filter.c runs it, on a struct seccomp_data; also counts what it ran. */
function run(program: Uint8Array, call: Call): { action: number; steps: number } {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, call.nr, true);
  data.setUint32(4, call.arch ?? AUDIT_ARCH_I386, true);
  (call.args ?? []).forEach((value, i) => {
    data.setUint32(16 + 8 * i, value, true);
  });
  const code = new DataView(program.buffer);
  let accumulator = 0;
  for (let pc = 0, steps = 1; pc < program.length / 8; pc++, steps++) {
    const op = code.getUint16(pc * 8, true);
    const [jumpTrue, jumpFalse] = [code.getUint8(pc * 8 + 2), code.getUint8(pc * 8 + 3)];
    const k = code.getUint32(pc * 8 + 4, true);
    if (op === 0x20) accumulator = data.getUint32(k, true);
    else if (op === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (op === 0x15) pc += accumulator === k ? jumpTrue : jumpFalse;
    else if (op === 0x35) pc += accumulator >= k ? jumpTrue : jumpFalse;
    else if (op === 0x06) return { action: k, steps };
    else throw new Error(`unknown instruction 0x${op.toString(16)} at ${pc}`);
  }
  throw new Error("ran past the end");
}

const program = compileSeccomp();
const action = (nr: number, ...args: number[]) => run(program, { nr, args }).action;

test("each denied syscall is refused, each other one of the table answered in a few instructions", () => {
  const denied = new Set(Object.values(DENIED));
  const conditional = new Set([120, 136, 359, 435]);
  for (let nr = 0; nr <= LAST_SYSCALL; nr++) {
    const { action, steps } = run(program, { nr });
    if (!conditional.has(nr)) expect([nr, action]).toEqual([nr, denied.has(nr) ? EPERM : RET_ALLOW]);
    expect(steps).toBeLessThan(20);
  }
});

test("syscalls newer than the table do not exist", () => {
  expect(action(LAST_SYSCALL + 1)).toBe(ENOSYS);
  expect(action(0x7fffffff)).toBe(ENOSYS);
});

test("clone may make threads and processes, not namespaces; clone3 does not exist", () => {
  expect(action(120, 0x1200011)).toBe(RET_ALLOW);
  expect(action(120, 0x10000000)).toBe(EPERM);
  expect(action(435)).toBe(ENOSYS);
});

test("socket may not be AF_VSOCK, personality must be a known one", () => {
  expect(action(359, 2)).toBe(RET_ALLOW);
  expect(action(359, 40)).toBe(EPERM);
  expect(action(136, 0xffffffff)).toBe(RET_ALLOW);
  expect(action(136, 0x20008)).toBe(RET_ALLOW);
  expect(action(136, 0x0040000)).toBe(EPERM);
});

test("a call of another architecture ends the process", () => {
  expect(run(program, { nr: 0, arch: 0xc000003e }).action).toBe(RET_KILL_PROCESS);
});

test("a syscall that a capability brings is let through", () => {
  expect(run(compileSeccomp([DENIED.mount ?? -1]), { nr: 21 }).action).toBe(RET_ALLOW);
});

test("the whole is small", () => {
  expect(program.length % 8).toBe(0);
  expect(program.length / 8).toBeLessThan(300);
});

test("a capability lets its calls through, and no others", () => {
  const [UNSHARE, MOUNT, REBOOT, CLONE] = [310, 21, 88, 120];
  const admin = compileSeccomp(allowedByCapabilities(DEFAULT_CAPABILITIES + 2 ** 21));
  const answers = [UNSHARE, MOUNT, REBOOT].map((nr) => run(admin, { nr }).action);
  expect(answers).toEqual([RET_ALLOW, RET_ALLOW, EPERM]);
  expect(run(admin, { nr: CLONE, args: [0x20000000] }).action).toBe(RET_ALLOW);
  expect(allowedByCapabilities(DEFAULT_CAPABILITIES)).toEqual([]);
});
