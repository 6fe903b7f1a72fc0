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
const MAY_READ = 2;
const MAY_WRITE = 4;
const MAY_ALL = 7;

/** An entry of linux.resources.devices: the last one that matches an access decides. */
export interface DeviceRule {
  readonly allow: boolean;
  /** "a": both. */
  readonly type: "a" | "b" | "c";
  /** null is any. */
  readonly major: number | null;
  readonly minor: number | null;
  /** Of "rwm". */
  readonly access: string;
}

const character = (major: number, minor: number | null): DeviceRule => ({
  allow: true,
  type: "c",
  major,
  minor,
  access: "rwm",
});

/** docker's: nothing but what is named here; any node may be made, these may be opened. */
export const DEFAULT_DEVICE_RULES: readonly DeviceRule[] = [
  { allow: true, type: "b", major: null, minor: null, access: "m" },
  { allow: true, type: "c", major: null, minor: null, access: "m" },
  character(136, null), // pts/*
  character(5, 2), // ptmx
  character(5, 1), // console
  character(5, 0), // tty
  character(1, 9), // urandom
  character(1, 8), // random
  character(1, 7), // full
  character(1, 5), // zero
  character(1, 3), // null
];

const LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
const MOVE = 0xbc; // BPF_ALU | BPF_MOV | BPF_X
const MOVE_CONSTANT = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const SHIFT_RIGHT = 0x74; // BPF_ALU | BPF_RSH | BPF_K
const JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
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

const TYPES = { b: BLOCK, c: CHARACTER };
const ACCESS = { m: MAY_MKNOD, r: MAY_READ, w: MAY_WRITE };

function accessMask(access: string): number {
  let mask = 0;
  for (const letter of access) mask |= ACCESS[letter as keyof typeof ACCESS] ?? 0;
  return mask;
}

/**
 * Each test of a rule jumps over what is left of the rule when it does not hold. What is allowed must lie within the
 * rule's access as a whole; what is denied need only touch it.
 */
function ruleCode(rule: DeviceRule): [number, number][] {
  const tests: ((skip: number) => [number, number])[] = [];
  if (rule.type !== "a") tests.push((skip) => instruction(JUMP_UNEQUAL, 2, 0, skip, TYPES[rule.type as "b" | "c"]));
  const mask = accessMask(rule.access);
  if (mask !== MAY_ALL) {
    tests.push(() => instruction(MOVE, 6, 3, 0, 0));
    tests.push(() => instruction(AND, 6, 0, 0, mask));
    tests.push((skip) =>
      rule.allow ? instruction(JUMP_UNEQUAL_REGISTER, 6, 3, skip, 0) : instruction(JUMP_EQUAL, 6, 0, skip, 0),
    );
  }
  const { major, minor } = rule;
  if (major !== null) tests.push((skip) => instruction(JUMP_UNEQUAL, 4, 0, skip, major));
  if (minor !== null) tests.push((skip) => instruction(JUMP_UNEQUAL, 5, 0, skip, minor));
  const total = tests.length + allow.length;
  return [...tests.map((test, i) => test(total - i - 1)), ...(rule.allow ? allow : refuse)];
}

const isForAll = ({ type, major, minor, access }: DeviceRule): boolean =>
  type === "a" && major === null && minor === null && accessMask(access) === MAY_ALL;

/** In the rules' order the last match decides; the program asks them from the end, and refuses what none names. */
export function compileDeviceRules(rules: readonly DeviceRule[]): Uint8Array {
  // what comes before a rule for everything cannot be reached
  const from = rules.findLastIndex(isForAll);
  const code = [
    instruction(LOAD_WORD, 2, 1, 0, 0),
    instruction(MOVE, 3, 2, 0, 0),
    instruction(SHIFT_RIGHT, 3, 0, 0, 16),
    instruction(AND, 2, 0, 0, 0xffff),
    instruction(LOAD_WORD, 4, 1, 4, 0),
    instruction(LOAD_WORD, 5, 1, 8, 0),
    ...rules.slice(Math.max(from, 0)).reverse().flatMap(ruleCode),
    ...(from < 0 ? refuse : []),
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

export const loadDeviceProgram = (linux: LinuxCalls, rules: readonly DeviceRule[]): number =>
  loadProgram(linux, compileDeviceRules(rules));

/** The cgroup keeps the program; it goes when the cgroup does. */
export function attachDeviceProgram(linux: LinuxCalls, cgroupFd: number, program: number): void {
  const attr = new Uint32Array([cgroupFd, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI]);
  linux.bpf(BPF_PROG_ATTACH, new Uint8Array(attr.buffer));
}
