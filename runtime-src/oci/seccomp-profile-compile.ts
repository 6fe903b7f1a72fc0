/**
 * Any seccomp profile (config-linux.md, "Seccomp") as classic BPF for i386: rules are asked in the profile's order, the
 * first that matches decides, else the default action. Arguments are 32 bits here, so only the lower word is compared, as
 * libseccomp does. A name that i386 does not know needs no rule. socket(2) and System V IPC calls are also reached through
 * socketcall(2) and ipc(2); a rule without arguments holds there too, one with arguments cannot (they lie in memory).
 */
import {
  SECCOMP_FILTER_FLAG_LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
} from "../linux/constants.ts";
import {
  AND,
  ARGUMENT_0,
  answer,
  type Code,
  instruction,
  JUMP_EQUAL,
  JUMP_NOT_LESS,
  LOAD,
  programBytes,
  type Range,
} from "./seccomp-compile.ts";
import type { SeccompArgument, SeccompProfile, SeccompProgram, SeccompRule } from "./seccomp-types.ts";
import { MULTIPLEXED, syscallNumber } from "./syscall-names.ts";

const EPERM = 1;
const LAST_NUMBER = 500;
const JUMP_GREATER = 0x25; // BPF_JMP | BPF_JGT | BPF_K

export const SECCOMP_ACTIONS: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: SECCOMP_RET_KILL_THREAD,
  SCMP_ACT_KILL_THREAD: SECCOMP_RET_KILL_THREAD,
  SCMP_ACT_KILL_PROCESS: SECCOMP_RET_KILL_PROCESS,
  SCMP_ACT_TRAP: SECCOMP_RET_TRAP,
  SCMP_ACT_ERRNO: SECCOMP_RET_ERRNO,
  SCMP_ACT_TRACE: SECCOMP_RET_TRACE,
  SCMP_ACT_LOG: SECCOMP_RET_LOG,
  SCMP_ACT_ALLOW: SECCOMP_RET_ALLOW,
};

export const SECCOMP_OPERATORS = [
  "SCMP_CMP_NE",
  "SCMP_CMP_LT",
  "SCMP_CMP_LE",
  "SCMP_CMP_EQ",
  "SCMP_CMP_GE",
  "SCMP_CMP_GT",
  "SCMP_CMP_MASKED_EQ",
] as const;

export const SECCOMP_FLAGS: Readonly<Record<string, number>> = {
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_FILTER_FLAG_LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
};

function actionValue(action: string, errnoRet: number | undefined): number {
  const value = SECCOMP_ACTIONS[action];
  if (value === undefined) throw new Error(`seccomp: no action "${action}"`);
  const hasData = value === SECCOMP_RET_ERRNO || value === SECCOMP_RET_TRACE;
  return hasData ? value | ((errnoRet ?? EPERM) & 0xffff) : value;
}

const low = (value: number | string | undefined): number => Number(BigInt.asUintN(32, BigInt(value ?? 0)));

/** Leaves out the rest of a rule, `skip` instructions, unless the comparison holds. */
function test({ index, value, valueTwo, op }: SeccompArgument): (skip: number) => Code {
  const load = instruction(LOAD, ARGUMENT_0 + 8 * index);
  const k = low(value);
  const jump = (code: number, whenTrue: boolean) => (skip: number) => [
    ...load,
    ...instruction(code, k, whenTrue ? 0 : skip, whenTrue ? skip : 0),
  ];
  if (op === "SCMP_CMP_EQ") return jump(JUMP_EQUAL, true);
  if (op === "SCMP_CMP_NE") return jump(JUMP_EQUAL, false);
  if (op === "SCMP_CMP_GE") return jump(JUMP_NOT_LESS, true);
  if (op === "SCMP_CMP_LT") return jump(JUMP_NOT_LESS, false);
  if (op === "SCMP_CMP_GT") return jump(JUMP_GREATER, true);
  if (op === "SCMP_CMP_LE") return jump(JUMP_GREATER, false);
  return (skip) => [...load, ...instruction(AND, k), ...instruction(JUMP_EQUAL, low(valueTwo), 0, skip)];
}

interface Case {
  readonly args: readonly SeccompArgument[];
  readonly action: number;
}

function caseCode({ args, action }: Case): Code {
  let code = answer(action);
  for (const argument of [...args].reverse()) code = [...test(argument)(code.length / 2), ...code];
  return code;
}

/** The same argument twice means either: each is a case of its own. */
function casesOf({ args = [], action, errnoRet }: SeccompRule): Case[] {
  const value = actionValue(action, errnoRet);
  const repeats = new Set(args.map(({ index }) => index)).size < args.length;
  return repeats ? args.map((argument) => ({ args: [argument], action: value })) : [{ args, action: value }];
}

function collectCases({ syscalls = [] }: SeccompProfile): Map<number, Case[]> {
  const cases = new Map<number, Case[]>();
  const add = (number: number, more: readonly Case[]) => {
    cases.set(number, [...(cases.get(number) ?? []), ...more]);
  };
  for (const rule of syscalls) {
    const own = casesOf(rule);
    for (const name of rule.names) {
      const number = syscallNumber(name);
      if (number !== null) add(number, own);
      const through = MULTIPLEXED.get(name);
      if (!through || (rule.args ?? []).length > 0) continue;
      const [call, operation] = through;
      const argument: SeccompArgument = { index: 0, value: operation, op: "SCMP_CMP_EQ" };
      add(call, [{ args: [argument], action: own[0]?.action ?? 0 }]);
    }
  }
  return cases;
}

/** What the cases of one call come to; equal texts are one range. */
function callCode(cases: readonly Case[], otherwise: Code): Code {
  const end = cases.findIndex(({ args }) => args.length === 0);
  const asked = end < 0 ? cases : cases.slice(0, end + 1);
  return [...asked.flatMap(caseCode), ...(end < 0 ? otherwise : [])];
}

export function compileProfile(profile: SeccompProfile): SeccompProgram {
  const otherwise = answer(actionValue(profile.defaultAction, profile.defaultErrnoRet));
  const cases = collectCases(profile);
  const list: Range[] = [];
  let last = "";
  for (let number = 0; number <= LAST_NUMBER; number++) {
    const own = cases.get(number);
    const code = own ? callCode(own, otherwise) : otherwise;
    const text = code.join();
    if (text !== last) list.push([number, code]);
    last = text;
  }
  const flags = (profile.flags ?? []).reduce((sum, flag) => sum | (SECCOMP_FLAGS[flag] ?? 0), 0);
  return { code: programBytes(list), flags };
}
