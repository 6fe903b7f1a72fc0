import { describe, expect, test } from "vitest";
import { compileProfile, SECCOMP_OPERATORS } from "./seccomp-profile-compile.ts";
import type { SeccompProfile } from "./seccomp-types.ts";
import { MULTIPLEXED, SOCKETCALL, syscallNumber } from "./syscall-names.ts";

const [ALLOW, ERRNO, KILL] = [0x7fff0000, 0x00050000, 0x80000000];
const I386 = 0x40000003;
const KILL_NR = 37;

/** Classic BPF as the kernel runs it on struct seccomp_data. */
function answer(profile: SeccompProfile, nr: number, args: readonly number[] = [], arch = I386): number {
  const code = new DataView(compileProfile(profile).code.buffer);
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, nr, true);
  data.setUint32(4, arch, true);
  args.forEach((value, i) => {
    data.setUint32(16 + 8 * i, value, true);
  });
  let a = 0;
  for (let pc = 0; pc < code.byteLength / 8; pc++) {
    const [op, jt, jf] = [code.getUint16(pc * 8, true), code.getUint8(pc * 8 + 2), code.getUint8(pc * 8 + 3)];
    const k = code.getUint32(pc * 8 + 4, true);
    if (op === 0x20) a = data.getUint32(k, true);
    else if (op === 0x54) a = (a & k) >>> 0;
    else if (op === 0x05) pc += k;
    else if (op === 0x15) pc += a === k ? jt : jf;
    else if (op === 0x25) pc += a > k ? jt : jf;
    else if (op === 0x35) pc += a >= k ? jt : jf;
    else if (op === 0x06) return k;
    else throw new Error(`unknown instruction 0x${op.toString(16)} at ${pc}`);
  }
  throw new Error("ran past the end");
}

const profile = (...syscalls: NonNullable<SeccompProfile["syscalls"]>): SeccompProfile => ({
  defaultAction: "SCMP_ACT_ALLOW",
  syscalls,
});

test("names become numbers; what i386 does not know needs no rule", () => {
  expect([syscallNumber("read"), syscallNumber("kill"), syscallNumber("no_such_call")]).toEqual([3, 37, null]);
  const two = profile({ names: ["kill", "arm_only"], action: "SCMP_ACT_ERRNO", errnoRet: 5 });
  expect(answer(two, KILL_NR)).toBe(ERRNO | 5);
  expect(answer(two, 3)).toBe(ALLOW);
  expect(answer(two, 3, [], 0xc000003e)).toBe(KILL);
});

test("the default with an errno of its own", () => {
  const strict: SeccompProfile = {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 38,
    syscalls: [{ names: ["read", "write"], action: "SCMP_ACT_ALLOW" }],
  };
  expect([3, 4, 5, 999].map((nr) => answer(strict, nr))).toEqual([ALLOW, ALLOW, ERRNO | 38, ERRNO | 38]);
});

const HOLDS: Readonly<Record<(typeof SECCOMP_OPERATORS)[number], readonly boolean[]>> = {
  SCMP_CMP_NE: [true, false, true],
  SCMP_CMP_LT: [true, false, false],
  SCMP_CMP_LE: [true, true, false],
  SCMP_CMP_EQ: [false, true, false],
  SCMP_CMP_GE: [false, true, true],
  SCMP_CMP_GT: [false, false, true],
  SCMP_CMP_MASKED_EQ: [false, false, true],
};

describe("operators, for an argument of 7, 8 and 9 against 8", () => {
  test.each(SECCOMP_OPERATORS)("%s", (op) => {
    // masked: (argument & 8) == 8 holds for 8 and 9; with 9 as the mask, == 9 only for 9
    const args = op === "SCMP_CMP_MASKED_EQ" ? { value: 9, valueTwo: 9 } : { value: 8 };
    const one = profile({ names: ["kill"], action: "SCMP_ACT_ERRNO", args: [{ index: 1, op, ...args }] });
    expect([7, 8, 9].map((value) => answer(one, KILL_NR, [0, value]) !== ALLOW)).toEqual(HOLDS[op]);
  });
});

test("all arguments must hold; the same argument twice means either", () => {
  const equal = (index: number, value: number) => ({ index, value, op: "SCMP_CMP_EQ" });
  const both = profile({ names: ["kill"], action: "SCMP_ACT_ERRNO", args: [equal(0, 1), equal(1, 2)] });
  expect([answer(both, KILL_NR, [1, 2]), answer(both, KILL_NR, [1, 3])]).toEqual([ERRNO | 1, ALLOW]);
  const either = profile({ names: ["kill"], action: "SCMP_ACT_ERRNO", args: [equal(0, 1), equal(0, 2)] });
  expect([1, 2, 3].map((value) => answer(either, KILL_NR, [value]))).toEqual([ERRNO | 1, ERRNO | 1, ALLOW]);
});

test("a rule for socket holds for socketcall too", () => {
  const [, operation] = MULTIPLEXED.get("socket") ?? [0, 0];
  const none = profile({ names: ["socket"], action: "SCMP_ACT_ERRNO" });
  expect(answer(none, SOCKETCALL, [operation])).toBe(ERRNO | 1);
  expect(answer(none, SOCKETCALL, [operation + 1])).toBe(ALLOW);
});

test("a profile of every call, each other one allowed, needs long jumps and stays right", () => {
  const names = Array.from({ length: 400 }, (_, nr) => nr);
  const every: SeccompProfile = {
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: ["read", "open", "waitpid", "link", "execve", "time", "chmod", "getpid", "umount", "kill", "mkdir"].map(
      (name, i) => ({
        names: [name],
        action: "SCMP_ACT_ERRNO",
        errnoRet: i + 100,
        args: [{ index: 0, value: i, op: "SCMP_CMP_GT" }],
      }),
    ),
  };
  expect(names.map((nr) => answer(every, nr, [50])).filter((value) => value === (ERRNO | 1)).length).toBe(389);
  expect(answer(every, syscallNumber("mkdir") ?? -1, [50])).toBe(ERRNO | 110);
});
