/**
 * An image that came with the guest and was removed is brought back by who asks for it: run, create, and FROM of a build,
 * in docker's words; --pull says otherwise. One that nobody has is refused, and nothing is left behind.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

const DIGEST = /sha256:[0-9a-f]{64}/g;
const LAYER = /\b[0-9a-f]{12}: Already exists/g;
const PULLED = [
  "latest: Pulling from library/busybox",
  "LAYER: Already exists",
  "Digest: DIGEST",
  "Status: Downloaded newer image for busybox:latest",
];
const LOOKED = [
  "latest: Pulling from library/busybox",
  "Digest: DIGEST",
  "Status: Image is up to date for busybox:latest",
];
const MISSING = "Unable to find image 'busybox:latest' locally";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
});
afterAll(() => guest.end());

/** What a command prints, and its exit code, when busybox has been removed just before. */
async function without(command: string) {
  await guest.out("docker rmi busybox; ! docker inspect busybox");
  const { stdout, stderr, exitCode } = await guest.sh(command);
  const said = stderr.replaceAll(DIGEST, "DIGEST").replaceAll(LAYER, "LAYER: Already exists").split("\n").slice(0, -1);
  const isHere = (await guest.out("docker images -q busybox")) !== "";
  await guest.out("docker pull -q busybox");
  return { stdout, said, exitCode, isHere };
}

test.each([
  ["run --rm busybox echo here", { stdout: "here\n", said: [MISSING, ...PULLED], exitCode: 0, isHere: true }],
  [
    "run --rm --pull missing busybox echo here",
    { stdout: "here\n", said: [MISSING, ...PULLED], exitCode: 0, isHere: true },
  ],
  ["run --rm --pull always busybox echo here", { stdout: "here\n", said: PULLED, exitCode: 0, isHere: true }],
  ["run --rm -q busybox echo here", { stdout: "here\n", said: [], exitCode: 0, isHere: true }],
  [
    "run --rm --pull never busybox echo here",
    { stdout: "", said: ["docker: No such image: busybox:latest"], exitCode: 125, isHere: false },
  ],
  [
    "run --rm --pull often busybox true",
    {
      stdout: "",
      said: [`docker: invalid pull option: 'often': must be one of "always", "missing" or "never"`],
      exitCode: 125,
      isHere: false,
    },
  ],
  [
    "create --name made busybox",
    { stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/), said: [MISSING, ...PULLED], exitCode: 0, isHere: true },
  ],
])("removed, then docker %s", async (words, wanted) => {
  expect(await without(`docker ${words}`)).toEqual(wanted);
  await guest.out("docker rm -f made");
  expect(await settledResidue(guest, before)).toBe(before);
});

test("one that is here is only looked for again where --pull says so", async () => {
  expect((await guest.sh("docker run --rm busybox true")).stderr).toBe("");
  expect((await guest.sh("docker run --rm --pull never busybox true")).stderr).toBe("");
  const { stderr } = await guest.sh("docker run --rm --pull always busybox true");
  expect(stderr.replaceAll(DIGEST, "DIGEST").split("\n")).toEqual([...LOOKED, ""]);
});

test("FROM and COPY --from of a build bring it back; build --pull looks again", async () => {
  const build = (flags: string) =>
    `printf 'FROM busybox\nCOPY --from=redis /etc/passwd /there\n' | docker build ${flags} -t built -`;
  await guest.out("docker rmi redis");
  const { stdout, exitCode, isHere } = await without(build(""));
  expect(exitCode).toBe(0);
  expect(isHere).toBe(true);
  const lines = stdout.replaceAll(DIGEST, "DIGEST").replaceAll(LAYER, "LAYER: Already exists").split("\n");
  expect(lines.slice(0, PULLED.length + 1)).toEqual(["Step 1/2 : FROM busybox", ...PULLED]);
  expect(lines).toContain("Status: Downloaded newer image for redis:latest");
  expect(await guest.out(build(""))).not.toContain("Status:");
  expect(await guest.out(build("--pull"))).toContain("Status: Image is up to date for busybox:latest");
  expect(await guest.out(build("--pull -q"))).toMatch(/^sha256:[0-9a-f]{64}$/);
  await guest.out("docker rmi built");
  expect(await settledResidue(guest, before)).toBe(before);
});

test.each(["run", "create", "run --pull always", "run -d --name x -v vv:/x -p 80:80"])(
  "an image that nobody has: docker %s leaves nothing behind",
  async (verb) => {
    const { stderr, exitCode } = await guest.sh(`docker ${verb} nosuch true`);
    expect(exitCode).toBe(125);
    const unable = verb.includes("--pull") ? "" : "Unable to find image 'nosuch:latest' locally\n";
    expect(stderr).toMatch(new RegExp(`^${unable}docker: pull access denied for nosuch: .*images here: .*busybox`));
    expect(await guest.out("docker ps -aq; docker volume ls -q")).toBe("");
    expect(await settledResidue(guest, before)).toBe(before);
  },
);
