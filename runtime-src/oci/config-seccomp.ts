/** `linux.seccomp` of config.json and docker's profile files, checked so that compiling it cannot fail. */
import type { Field } from "./config-field.ts";
import { SECCOMP_ACTIONS, SECCOMP_FLAGS, SECCOMP_OPERATORS } from "./seccomp-profile-compile.ts";
import type { SeccompArgument, SeccompProfile, SeccompRule } from "./seccomp-types.ts";

export const ARCHITECTURES =
  "X86 X86_64 X32 ARM AARCH64 MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 PPC PPC64 PPC64LE S390 S390X PARISC PARISC64 RISCV64"
    .split(" ")
    .map((name) => `SCMP_ARCH_${name}`);

function action(field: Field): string {
  if (field.value === "SCMP_ACT_NOTIFY")
    field.fail("SCMP_ACT_NOTIFY is not supported: there is nobody here to be notified");
  return field.oneOf(Object.keys(SECCOMP_ACTIONS));
}

function errnoRet(field: Field, forAction: string): { readonly errnoRet?: number } {
  if (field.isAbsent) return {};
  const value = field.integer(0, 4095);
  if (forAction !== "SCMP_ACT_ERRNO" && forAction !== "SCMP_ACT_TRACE" && value !== 0) {
    field.fail(`has no meaning with ${forAction}`);
  }
  return { errnoRet: value };
}

function argument(field: Field): SeccompArgument {
  const valueTwo = field.at("valueTwo");
  return {
    index: field.at("index").integer(0, 5),
    value: field.at("value").integer(0),
    ...(valueTwo.isAbsent ? {} : { valueTwo: valueTwo.integer(0) }),
    op: field.at("op").oneOf(SECCOMP_OPERATORS),
  };
}

function rule(field: Field): SeccompRule {
  const names = field.at("names").texts();
  if (names.length === 0) field.at("names").fail("is required: at least one system call");
  const wanted = action(field.at("action"));
  return {
    names,
    action: wanted,
    ...errnoRet(field.at("errnoRet"), wanted),
    args: field.at("args").list().map(argument),
  };
}

export function parseSeccomp(field: Field): SeccompProfile {
  const defaultAction = action(field.at("defaultAction"));
  field.at("listenerPath").refuse("there is nobody here to be notified");
  const { errnoRet: defaultErrnoRet } = errnoRet(field.at("defaultErrnoRet"), defaultAction);
  return {
    defaultAction,
    ...(defaultErrnoRet === undefined ? {} : { defaultErrnoRet }),
    architectures: field
      .at("architectures")
      .list()
      .map((name) => name.oneOf(ARCHITECTURES)),
    flags: field
      .at("flags")
      .list()
      .map((flag) => flag.oneOf(Object.keys(SECCOMP_FLAGS))),
    syscalls: field.at("syscalls").list().map(rule),
  };
}
