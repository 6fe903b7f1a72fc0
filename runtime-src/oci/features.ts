/** What this runtime supports, in the form of the runtime-spec's features.md; from the tables that parse and compile. */
import { CAPABILITIES } from "../linux/constants.ts";
import { NAMESPACE_TYPES } from "./config-linux.ts";
import { ARCHITECTURES } from "./config-seccomp.ts";
import { HOOK_KINDS } from "./hooks.ts";
import { knownMountOptions } from "./mount-options.ts";
import { SECCOMP_ACTIONS, SECCOMP_FLAGS, SECCOMP_OPERATORS } from "./seccomp-profile-compile.ts";
import { OCI_VERSION, OCI_VERSION_MIN } from "./version.ts";

export function featuresObject() {
  const flags = Object.keys(SECCOMP_FLAGS);
  return {
    ociVersionMin: OCI_VERSION_MIN,
    ociVersionMax: OCI_VERSION,
    hooks: HOOK_KINDS,
    mountOptions: knownMountOptions(),
    linux: {
      namespaces: Object.keys(NAMESPACE_TYPES),
      capabilities: CAPABILITIES,
      cgroup: { v1: false, v2: true, systemd: false, systemdUser: false, rdma: false },
      seccomp: {
        enabled: true,
        actions: Object.keys(SECCOMP_ACTIONS),
        operators: SECCOMP_OPERATORS,
        archs: ARCHITECTURES,
        knownFlags: flags,
        supportedFlags: flags,
      },
      apparmor: { enabled: false },
      selinux: { enabled: false },
      intelRdt: { enabled: false },
      mountExtensions: { idmap: { enabled: true } },
    },
    annotations: {},
    potentiallyUnsafeConfigAnnotations: [],
  };
}
