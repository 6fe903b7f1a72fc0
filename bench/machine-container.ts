/**
 * A container's start, six namespaces and a memory limit around /bin/true: `box run` against crun and runc, in the same
 * guest, under the same JIT governor, in turns. Timed by the guest's own clock, so that no terminal is in the way.
 */
import { type BenchContext, type Figure, figure, median, ratio } from "./figure.ts";
import { CRUN, installReferenceRuntimes, RUNC } from "./reference-runtimes.ts";
import { startTimedGuest } from "./timed-guest.ts";

const ROUNDS = 9;
const WARM_UP = 2;
const TIMEOUT_MS = 120_000;

const COMMANDS = {
  box: "box run --rm --network none -m 100M busybox true",
  crun: `${CRUN} run --bundle /run/bench/bundle bench`,
  runc: `${RUNC} run --bundle /run/bench/bundle bench`,
} as const;

export async function figures({ imageDir, note }: BenchContext): Promise<readonly Figure[]> {
  const { machine, sh, timed } = await startTimedGuest(imageDir, TIMEOUT_MS);
  await installReferenceRuntimes({
    putFile: (path, data) => machine.session().emulator.putFile(path, data),
    sh: async (command) => void (await sh(command)),
  });
  const took = { box: [] as number[], crun: [] as number[], runc: [] as number[] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    for (const name of ["box", "crun", "runc"] as const) {
      // A visitor types one command after another, not all at once: the governor starts each from rest.
      await sh("sleep 2");
      const ms = await timed(COMMANDS[name]);
      if (round >= 0) took[name].push(ms);
    }
  }
  await machine.end();
  for (const [name, all] of Object.entries(took)) note(`${name} ${all.map(Math.round)} ms`);
  return [
    figure("box run, warm", median(took.box), "ms", null),
    ratio("box run against crun, warm, same guest and governor", took.box, took.crun, 0.25, "crun 1.8.1"),
    ratio("box run against runc, warm, same guest and governor", took.box, took.runc, 0.35, "runc 1.1.5"),
  ];
}
