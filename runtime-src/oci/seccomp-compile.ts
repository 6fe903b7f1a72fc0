/**
 * A seccomp filter as classic BPF (seccomp(2), linux/filter.h): a binary search over ranges of syscall numbers.
 *
 * When a filter is installed the kernel runs it once for every syscall number to learn which are always allowed
 * (seccomp_cache_prepare), and later runs it on each call that is not. A list of comparisons costs hundreds of
 * instructions each time, the tree about eight.
 */
import { AUDIT_ARCH_I386, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SECCOMP_RET_KILL_PROCESS } from "../linux/constants.ts";
import {
  AF_VSOCK,
  CLONE,
  CLONE3,
  DENIED,
  LAST_SYSCALL,
  NAMESPACE_FLAGS,
  PERSONALITIES,
  PERSONALITY,
  SOCKET,
} from "./seccomp-profile.ts";

const EPERM = 1;
const ENOSYS = 38;

export const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
export const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
export const JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
export const JUMP_NOT_LESS = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const JUMP_ALWAYS = 0x05; // BPF_JMP | BPF_JA
const RETURN = 0x06; // BPF_RET | BPF_K

/** offsetof in struct seccomp_data; arguments are 64 bits, little endian. */
const NR = 0;
const ARCH = 4;
export const ARGUMENT_0 = 16;

/** Two words an instruction: code | jt << 16 | jf << 24, then k. */
export type Code = number[];

export const instruction = (code: number, k: number, jumpTrue = 0, jumpFalse = 0): Code => [
  code | (jumpTrue << 16) | (jumpFalse << 24),
  k,
];
export const answer = (action: number): Code => instruction(RETURN, action);
const ALLOW = answer(SECCOMP_RET_ALLOW);
const REFUSE = answer(SECCOMP_RET_ERRNO | EPERM);
const UNKNOWN = answer(SECCOMP_RET_ERRNO | ENOSYS);

/** [first syscall number of the range, what it runs]. */
export type Range = readonly [from: number, code: Code];

function personalityCheck(): Code {
  const code = instruction(LOAD, ARGUMENT_0);
  PERSONALITIES.forEach((persona, i) => {
    code.push(...instruction(JUMP_EQUAL, persona, PERSONALITIES.length - i, 0));
  });
  return [...code, ...REFUSE, ...ALLOW];
}

const CHECKS = new Map<number, Code>([
  [CLONE3, UNKNOWN],
  [
    CLONE,
    [
      ...instruction(LOAD, ARGUMENT_0),
      ...instruction(AND, NAMESPACE_FLAGS),
      ...instruction(JUMP_EQUAL, 0, 1, 0),
      ...REFUSE,
      ...ALLOW,
    ],
  ],
  [SOCKET, [...instruction(LOAD, ARGUMENT_0), ...instruction(JUMP_EQUAL, AF_VSOCK, 1, 0), ...ALLOW, ...REFUSE]],
  [PERSONALITY, personalityCheck()],
]);

function ranges(allowed: ReadonlySet<number>): Range[] {
  const denied = new Set(Object.values(DENIED));
  const found: Range[] = [];
  for (let nr = 0; nr <= LAST_SYSCALL; nr++) {
    const code = allowed.has(nr) ? ALLOW : (CHECKS.get(nr) ?? (denied.has(nr) ? REFUSE : ALLOW));
    if (found[found.length - 1]?.[1] !== code) found.push([nr, code]);
  }
  found.push([LAST_SYSCALL + 1, UNKNOWN]);
  return found;
}

function tree(list: readonly Range[], first: number, end: number): Code {
  if (end - first === 1) return list[first]?.[1] ?? UNKNOWN;
  const middle = (first + end) >> 1;
  const left = tree(list, first, middle);
  const right = tree(list, middle, end);
  const skip = left.length / 2;
  const from = list[middle]?.[0] ?? 0;
  if (skip <= 255) return [...instruction(JUMP_NOT_LESS, from, skip, 0), ...left, ...right];
  return [...instruction(JUMP_NOT_LESS, from, 0, 1), ...instruction(JUMP_ALWAYS, skip), ...left, ...right];
}

export function programBytes(list: readonly Range[]): Uint8Array {
  const words = new Uint32Array([
    ...instruction(LOAD, ARCH),
    ...instruction(JUMP_EQUAL, AUDIT_ARCH_I386, 1, 0),
    ...answer(SECCOMP_RET_KILL_PROCESS),
    ...instruction(LOAD, NR),
    ...tree(list, 0, list.length),
  ]);
  return new Uint8Array(words.buffer);
}

/** The filter as bytes for seccomp(2). `allowed`: syscalls let through whatever the profile says (a capability's). */
export const compileSeccomp = (allowed: readonly number[] = []): Uint8Array => programBytes(ranges(new Set(allowed)));

let defaultProgram: Uint8Array | null = null;

/** Compiled once a process; the resident does it before the first container. */
export function defaultSeccomp(): Uint8Array {
  defaultProgram ??= compileSeccomp();
  return defaultProgram;
}
