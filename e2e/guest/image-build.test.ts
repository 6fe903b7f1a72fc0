import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
});
afterAll(() => guest.end());

const out = (command: string) => guest.out(command);

const LEFT =
  "cd /var/lib/box; ls layers images/blobs/sha256 containers 2>/dev/null | sort; ls -d build-* 2>/dev/null; true";

const CONTEXT = `mkdir -p /tmp/ctx/sub/deep && cd /tmp/ctx && echo one > a.txt && echo two > sub/b.txt && echo three > sub/deep/c.txt
echo no > sub/secret.key && echo '**/*.key' > .dockerignore && tar czf add.tgz a.txt sub/b.txt`;

const CONTAINERFILE = `
ARG BASE=busybox
FROM \${BASE} AS first
ARG WHO=world
ENV GREETING="hello \${WHO}"
WORKDIR /app
COPY a.txt ./
COPY sub/ dir/
ADD add.tgz /unpacked
# a comment between
RUN echo "$GREETING $WHO" > greeting && \\
    chmod 4755 greeting
FROM scratch
COPY --from=busybox /bin/busybox /bin/
COPY --from=first /app /out
COPY --from=first /unpacked/sub/b.txt /b
COPY --from=first --chown=7:8 --chmod=640 /app/greeting /g
LABEL made="by test"
EXPOSE 80
ENTRYPOINT ["/bin/busybox"]
CMD ["cat", "/g"]
`;

test("two stages: context, ignored files, archive, arguments, RUN in a container, ownership; then all from the cache", async () => {
  await out(`${CONTEXT}\ncat > Containerfile <<'END'${CONTAINERFILE}END`);
  const first = await out("cd /tmp/ctx; docker build -t t:1 --build-arg WHO=me . 2>&1");
  expect(first).toMatch(/Successfully built [0-9a-f]{12}\nSuccessfully tagged t:1$/);
  expect(first).not.toContain("Using cache");
  const shown = await out(
    `docker run --rm t:1; docker run --rm t:1 find /out -type f | sort; docker run --rm t:1 stat -c '%a %u %g' /g
     docker run --rm t:1 stat -c %a /out/greeting; docker run --rm t:1 cat /b; docker inspect -f '{{.Config.Labels.made}} {{json .Config.ExposedPorts}}' t:1
     cd /tmp/ctx; docker build -q --build-arg WHO=me . ; docker inspect -f '{{.Id}}' t:1; docker build --build-arg WHO=me . | grep -c 'Using cache'`,
  );
  const lines = shown.split("\n");
  expect(lines.slice(0, 8)).toEqual([
    "hello me me",
    "/out/a.txt",
    "/out/dir/b.txt",
    "/out/dir/deep/c.txt",
    "/out/greeting",
    "640 7 8",
    "4755",
    "two",
  ]);
  expect(lines[8]).toBe('by test {"80/tcp":{}}');
  expect(lines.at(-1)).toBe("8");
  const changed = await out(
    "cd /tmp/ctx; echo other > a.txt; docker build --build-arg WHO=me . | grep -c 'Using cache'; docker build --target first -q . | wc -c",
  );
  expect(changed.split("\n")).toEqual(["1", "72"]);
  expect(await settledResidue(guest, before)).toBe(before);
});

test("files go into the working directory, whether a layer has it yet or not", async () => {
  const file = [
    ...[
      "FROM busybox AS one",
      "WORKDIR /app/src",
      "COPY a.txt .",
      "COPY a.txt sub/b.txt .",
      "COPY a.txt /app",
      "RUN cat a.txt b.txt ../a.txt > out",
    ],
    ...[
      "FROM busybox",
      "WORKDIR /app",
      "COPY a.txt /app",
      "COPY --from=one /app/src/out .",
      "COPY sub/b.txt renamed",
      'CMD ["cat", "a.txt", "out", "renamed"]',
    ],
  ];
  const shown = await out(
    `cd /tmp/ctx; printf '%s\\n' ${file.map((line) => `'${line}'`).join(" ")} > into
     docker build -q -t into -f into . > /dev/null; docker run --rm into; docker run --rm into find /app | sort; docker rmi into > /dev/null; rm into`,
  );
  expect(shown.split("\n")).toEqual([
    "other",
    "other",
    "two",
    "other",
    "two",
    "/app",
    "/app/a.txt",
    "/app/out",
    "/app/renamed",
  ]);
  expect(await settledResidue(guest, before)).toBe(before);
});

test("a failed build says where, has the command's code and leaves nothing", async () => {
  const left = await out(LEFT);
  const build = async (text: string) => {
    const { stderr, exitCode } = await guest.sh(`cd /tmp/ctx; cat > bad <<'END'\n${text}\nEND\ndocker build -f bad .`);
    return `${exitCode} ${stderr.trim().split("\n").at(-1)}`;
  };
  expect(await build("FROM busybox\nRUN echo x > /y\nRUN exit 3")).toMatch(
    /^3 .*bad:3: The command '\/bin\/sh -c 'exit 3'' returned a non-zero code: 3/,
  );
  expect(await build("FROM busybox\nCOPY ../x /")).toMatch(
    /^1 .*bad:2: COPY failed: forbidden path outside the build context: \.\.\/x/,
  );
  expect(await build("FROM busybox\nCOPY sub/secret.key /")).toMatch(/^1 .*bad:2: .*excluded by \.dockerignore/);
  expect(await build("FROM busybox\nADD http://x/y /")).toMatch(/^1 .*bad:2: ADD http:\/\/x\/y: no network/);
  expect(await build("FROM nowhere\n")).toMatch(/^1 .*bad:1: pull access denied for nowhere/);
  expect(await build("FROM busybox\nCOPY --from=later a /")).toMatch(/^1 .*bad:2: invalid from flag value later/);
  expect(await out(LEFT)).toBe(left);
  expect(await settledResidue(guest, before)).toBe(before);
});

test("a context from standard input, and a Containerfile alone", async () => {
  const shown = await out(
    `cd /tmp/ctx; printf 'FROM busybox\\nCOPY a.txt /\\nCMD cat /a.txt\\n' > Dockerfile; rm Containerfile
     id=$(tar c . | docker build -q -); docker run --rm $id; printf 'FROM busybox\\nCMD echo alone\\n' | docker build -q -t alone -; docker run --rm alone
     docker rmi $id alone t:1 > /dev/null; docker image prune -f | tail -1; ls /var/lib/box/layers | wc -l`,
  );
  expect(shown.split("\n").filter((line) => !line.startsWith("sha256:"))).toEqual([
    "other",
    "alone",
    expect.stringMatching(/^Total reclaimed space: /),
    "0",
  ]);
});

test("an image of this machine that others are built from stays, also while and after one of its steps runs", async () => {
  const shown = await out(
    `printf 'FROM busybox\\nRUN echo below > /below\\n' | docker build -q -t below -
     printf 'FROM below\\nRUN echo above > /above\\n' | docker build -q -t above -
     docker images --format '{{.Repository}}' | grep -c -e above -e below; docker run --rm above cat /below /above
     docker rmi above below > /dev/null; ls /var/lib/box/layers | wc -l`,
  );
  expect(shown.split("\n").filter((line) => !line.startsWith("sha256:"))).toEqual(["2", "below", "above", "0"]);
});
