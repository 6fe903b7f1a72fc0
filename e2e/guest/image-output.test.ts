/** What `save -o` and `export -o` write is there when it is whole: nothing is left of one that was killed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { saveSteps } from "../../runtime-src/image/save.ts";
import { bootGuest, type Guest } from "./guest.ts";
import { expectCodes, KILLED, kills, strikeAt } from "./strike.ts";

let guest: Guest;
beforeAll(async () => {
  guest = await bootGuest();
});
afterAll(() => guest.end());

test.each(["/tmp/out", "/var/lib/box/out"])("in %s, killed at each step, no half file and no other", async (folder) => {
  const command = `docker save -o ${folder}/image.tar busybox`;
  const strikes = { faults: kills(saveSteps), command, clean: `ls -A ${folder} >> /tmp/seen; rm -f ${folder}/*` };
  await guest.out(`mkdir ${folder}; : > /tmp/seen`);
  expectCodes(saveSteps, await strikeAt(guest, strikes), KILLED);
  expect(await guest.out("cat /tmp/seen")).toBe("");
  // An older one is as it was, until the new one is whole.
  await guest.out(`echo old > ${folder}/image.tar`);
  const again = { faults: kills(saveSteps), command, clean: `cat ${folder}/* >> /tmp/seen` };
  expectCodes(saveSteps, await strikeAt(guest, again), KILLED);
  expect(await guest.out("sort -u /tmp/seen")).toBe("old");
  await guest.out(`${command}; docker load -qi ${folder}/image.tar`);
  expect(await guest.out(`ls -A ${folder}; rm -r ${folder}`)).toBe("image.tar");
});

test("an overlay has no files without a name: the next call clears away what a killed one left", async () => {
  const command = "docker save -o /root/out/image.tar busybox";
  await guest.out("mkdir /root/out; : > /tmp/seen");
  const strikes = { faults: kills(saveSteps), command, clean: "ls -A /root/out >> /tmp/seen" };
  expectCodes(saveSteps, await strikeAt(guest, strikes), KILLED);
  expect(await guest.out("sort -u /tmp/seen")).toMatch(/^image\.tar\.tmp-\d+$/m);
  expect(await guest.out("ls -A /root/out")).toMatch(/^image\.tar\.tmp-\d+$/);
  await guest.out(`${command}; docker load -qi /root/out/image.tar`);
  expect(await guest.out("ls -A /root/out; rm -r /root/out")).toBe("image.tar");
});

test("what save writes can be what load and import read: neither waits for the other's lock", async () => {
  const { stdout } = await guest.sh(
    "docker save redis busybox | docker load -q; docker save busybox | gzip | docker load -q; docker save busybox | docker import - kept:1 > /dev/null; docker run --rm kept:1 x",
  );
  expect(stdout).toBe("Loaded image: redis:latest\nLoaded image: busybox:latest\nLoaded image: busybox:latest\n");
  expect(await guest.out("docker rmi kept:1 | grep -c Untagged; docker load -q < /dev/null 2>&1; true")).toMatch(
    /^1\nError: archive: is empty/,
  );
});

test("export: the same file to a name and to standard output; a device is not replaced", async () => {
  await guest.out("docker create --name ee busybox");
  expect(
    await guest.out("mkdir /tmp/out; cd /tmp/out; docker export -o e.tar ee; docker export ee | cmp - e.tar; ls -A"),
  ).toBe("e.tar");
  const { stderr, exitCode } = await guest.sh("docker export -o /dev/null ee");
  expect([stderr, exitCode]).toEqual([
    'Error: failed to export container: invalid output path: "/dev/null" must be a directory or a regular file: got a device\n',
    1,
  ]);
  expect(await guest.out("test -c /dev/null; docker rm ee")).toBe("ee");
});
