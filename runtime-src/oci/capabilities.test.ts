import { expect, test } from "vitest";
import { adjustCapabilities, capabilityBit, capabilityNames, DEFAULT_CAPABILITIES } from "./capabilities.ts";

test("docker's default set", () => {
  expect([...capabilityNames(DEFAULT_CAPABILITIES)].sort().join(" ")).toBe(
    "CAP_AUDIT_WRITE CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_MKNOD CAP_NET_BIND_SERVICE " +
      "CAP_NET_RAW CAP_SETFCAP CAP_SETGID CAP_SETPCAP CAP_SETUID CAP_SYS_CHROOT",
  );
});

test("names with and without prefix, in any case", () => {
  expect(capabilityBit("cap_sys_admin")).toBe(21);
  expect(capabilityBit("CHECKPOINT_RESTORE")).toBe(40);
  expect(capabilityBit("SYS_NOTHING")).toBeNull();
});

test("add, drop and ALL", () => {
  expect(capabilityNames(adjustCapabilities(DEFAULT_CAPABILITIES, ["CHOWN", "BPF"], ["ALL"]))).toEqual([
    "CAP_CHOWN",
    "CAP_BPF",
  ]);
  expect(capabilityNames(adjustCapabilities(DEFAULT_CAPABILITIES, ["ALL"], ["KILL"]))).toHaveLength(40);
  expect(() => adjustCapabilities(0, ["NOPE"], [])).toThrow('invalid capability "NOPE"');
});
