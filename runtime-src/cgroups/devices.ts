/**
 * The device allowlist of a container as an eBPF program on its cgroup (BPF_PROG_TYPE_CGROUP_DEVICE), which is what
 * cgroup v2 has instead of devices.allow. The program sees struct bpf_cgroup_dev_ctx { access_type, major, minor }.
 */
import {
  BPF_CGROUP_DEVICE,
  BPF_F_ALLOW_MULTI,
  BPF_PROG_ATTACH,
  BPF_PROG_LOAD,
  BPF_PROG_TYPE_CGROUP_DEVICE,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

const BLOCK = 1;
const CHARACTER = 2;
const MAY_MKNOD = 1;
const MAY_ALL = 7;

export interface DeviceRule {
  readonly type: typeof BLOCK | typeof CHARACTER;
  /** null is any. */
  readonly major: number | null;
  readonly minor: number | null;
  readonly access: number;
}

const character = (major: number, minor: number | null): DeviceRule => ({
  type: CHARACTER,
  major,
  minor,
  access: MAY_ALL,
});

/** docker's: any node may be made, these may be opened. */
export const DEFAULT_DEVICE_RULES: readonly DeviceRule[] = [
  character(1, 3), // null
  character(1, 5), // zero
  character(1, 7), // full
  character(1, 8), // random
  character(1, 9), // urandom
  character(5, 0), // tty
  character(5, 1), // console
  character(5, 2), // ptmx
  character(136, null), // pts/*
  { type: CHARACTER, major: null, minor: null, access: MAY_MKNOD },
  { type: BLOCK, major: null, minor: null, access: MAY_MKNOD },
];

const LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
const MOVE = 0xbc; // BPF_ALU | BPF_MOV | BPF_X
const MOVE_CONSTANT = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const SHIFT_RIGHT = 0x74; // BPF_ALU | BPF_RSH | BPF_K
const JUMP_UNEQUAL = 0x55; // BPF_JMP | BPF_JNE | BPF_K
const JUMP_UNEQUAL_REGISTER = 0x5d; // BPF_JMP | BPF_JNE | BPF_X
const EXIT = 0x95;

/** Registers: 1 the context, 2 type, 3 access, 4 major, 5 minor, 6 scratch. */
const instruction = (op: number, dst: number, src: number, offset: number, immediate: number): [number, number] => [
  op | (dst << 8) | (src << 12) | ((offset & 0xffff) << 16),
  immediate,
];

const allow = [instruction(MOVE_CONSTANT, 0, 0, 0, 1), instruction(EXIT, 0, 0, 0, 0)];
const refuse = [instruction(MOVE_CONSTANT, 0, 0, 0, 0), instruction(EXIT, 0, 0, 0, 0)];

/** Each test of a rule jumps over what is left of the rule when it does not hold. */
function ruleCode(rule: DeviceRule): [number, number][] {
  const tests: ((skip: number) => [number, number])[] = [(skip) => instruction(JUMP_UNEQUAL, 2, 0, skip, rule.type)];
  if (rule.access !== MAY_ALL) {
    tests.push(() => instruction(MOVE, 6, 3, 0, 0));
    tests.push(() => instruction(AND, 6, 0, 0, rule.access));
    tests.push((skip) => instruction(JUMP_UNEQUAL_REGISTER, 6, 3, skip, 0));
  }
  const { major, minor } = rule;
  if (major !== null) tests.push((skip) => instruction(JUMP_UNEQUAL, 4, 0, skip, major));
  if (minor !== null) tests.push((skip) => instruction(JUMP_UNEQUAL, 5, 0, skip, minor));
  const total = tests.length + allow.length;
  return [...tests.map((test, i) => test(total - i - 1)), ...allow];
}

export function compileDeviceRules(rules: readonly DeviceRule[]): Uint8Array {
  const code = [
    instruction(LOAD_WORD, 2, 1, 0, 0),
    instruction(MOVE, 3, 2, 0, 0),
    instruction(SHIFT_RIGHT, 3, 0, 0, 16),
    instruction(AND, 2, 0, 0, 0xffff),
    instruction(LOAD_WORD, 4, 1, 4, 0),
    instruction(LOAD_WORD, 5, 1, 8, 0),
    ...rules.flatMap(ruleCode),
    ...refuse,
  ];
  return new Uint8Array(new Uint32Array(code.flat()).buffer);
}

const LICENSE = new Uint8Array([0x4d, 0x49, 0x54, 0]); // "MIT"
const LOAD_ATTR_BYTES = 72;

function loadProgram(linux: LinuxCalls, code: Uint8Array): number {
  const attr = new DataView(new ArrayBuffer(LOAD_ATTR_BYTES));
  attr.setUint32(0, BPF_PROG_TYPE_CGROUP_DEVICE, true);
  attr.setUint32(4, code.length / 8, true);
  return linux.bpf(
    BPF_PROG_LOAD,
    new Uint8Array(attr.buffer),
    new Map([
      [8, code],
      [16, LICENSE],
    ]),
  );
}

let defaultProgram = -1;

/** Loaded once a process, by the resident before the first container: the kernel's verifier is not cheap. */
export function defaultDeviceProgram(linux: LinuxCalls): number {
  if (defaultProgram < 0) defaultProgram = loadProgram(linux, compileDeviceRules(DEFAULT_DEVICE_RULES));
  return defaultProgram;
}

/** The cgroup keeps the program; it goes when the cgroup does. */
export function attachDeviceProgram(linux: LinuxCalls, cgroupFd: number, program: number): void {
  const attr = new Uint32Array([cgroupFd, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI]);
  linux.bpf(BPF_PROG_ATTACH, new Uint8Array(attr.buffer));
}
