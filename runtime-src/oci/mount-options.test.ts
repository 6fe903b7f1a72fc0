import { expect, test } from "vitest";
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MS_BIND,
  MS_NOATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_SLAVE,
} from "../linux/constants.ts";
import { knownMountOptions, mountAttributes, parseMountOptions } from "./mount-options.ts";

test("flags, what is taken back, and the file system's own words", () => {
  const options = parseMountOptions(["ro", "nosuid", "noexec", "size=1m", "exec", "mode=0700", "rw"]);
  expect(options).toMatchObject({ flags: MS_NOSUID, clear: MS_NOEXEC | MS_RDONLY, data: "size=1m,mode=0700" });
});

test("bind, recursion and propagation, in their order", () => {
  const options = parseMountOptions(["rbind", "rslave", "private"]);
  expect(options.flags).toBe(MS_BIND | MS_REC);
  expect(options.propagation).toEqual([MS_SLAVE | MS_REC, MS_PRIVATE]);
  expect(options.data).toBeNull();
});

test("words for the whole tree", () => {
  expect(parseMountOptions(["rro", "rnosuid", "rrw"])).toMatchObject({
    recursiveSet: MOUNT_ATTR_NOSUID,
    recursiveClear: MOUNT_ATTR_RDONLY,
  });
});

test("atime is one field: it is cleared to be set", () => {
  expect(mountAttributes({ flags: MS_NOATIME | MS_RDONLY, clear: MS_NOEXEC })).toEqual({
    set: MOUNT_ATTR_NOATIME | MOUNT_ATTR_RDONLY,
    clear: MOUNT_ATTR__ATIME | MOUNT_ATTR_NOEXEC,
  });
});

test("none of the known words is taken for data", () => {
  for (const word of knownMountOptions()) expect(parseMountOptions([word]).data).toBeNull();
});
