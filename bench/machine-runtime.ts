/**
 * The runtime's own speed and size, in one guest under the governor, by the guest's own clock: exec against run, `ps` with
 * many containers, a start without the resident against a bare QuickJS binary, a supervisor's memory, and whether the
 * second hundred of containers is as fast as the first.
 */
import { readFileSync } from "node:fs";
import { bareQuickjs } from "./bare-quickjs.ts";
import { type BenchContext, type Figure, figure, median, ratio } from "./figure.ts";
import { startTimedGuest } from "./timed-guest.ts";

const ROUNDS = 9;
const CONTAINERS = 20;
const HUNDRED = 100;
const TIMEOUT_MS = 600_000;
const MIB = 1_048_576;

const RUN = "box run --rm --network none busybox true";
const EXEC = "box exec bench0 true";
const START = "BOX_DIRECT=1 box version";
const BARE = "/run/bare";

export async function figures({ imageDir, note }: BenchContext): Promise<readonly Figure[]> {
  const { machine, sh, timed } = await startTimedGuest(imageDir, TIMEOUT_MS);
  const times = async (commands: readonly string[]): Promise<number[][]> => {
    const took = commands.map(() => [] as number[]);
    for (const command of commands) await timed(command);
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, command] of commands.entries()) took[index]?.push(await timed(command));
    return took;
  };
  try {
    await machine.session().emulator.putFile("/usr/lib/box/bare", new Uint8Array(readFileSync(await bareQuickjs())));
    await sh(`cp /usr/lib/box/bare ${BARE} && chmod 755 ${BARE}`);
    const [start = [], bare = []] = await times([START, BARE]);
    await sh("box run -d --name bench0 --network none busybox sleep 10000");
    const [run = [], exec = []] = await times([RUN, EXEC]);
    const rssBytes =
      Number(await sh("awk '/^VmRSS/ {print $2}' /proc/$(pgrep -of 'run -d --name bench0')/status")) * 1_024;
    await sh(
      `for i in $(seq 1 ${CONTAINERS - 1}); do box run -d --name bench$i --network none busybox sleep 10000; done`,
    );
    const [ps = []] = await times(["box ps"]);
    await sh("box rm -f $(box ps -aq)");
    const hundred = `for i in $(seq ${HUNDRED}); do ${RUN}; done`;
    const [first, second] = [await timed(hundred), await timed(hundred)];
    for (const [name, all] of Object.entries({ run, exec, ps, start, bare })) note(`${name} ${all.map(Math.round)} ms`);
    note(`first ${HUNDRED} ${Math.round(first)} ms, second ${Math.round(second)} ms`);
    const drift = second / first;
    return [
      ratio("box exec against box run, warm", exec, run, 0.5, "box run"),
      figure(`box ps with ${CONTAINERS} containers`, median(ps), "ms", 60),
      ratio("box without its resident against a bare QuickJS binary", start, bare, 1.5, "bare QuickJS"),
      figure("resident memory of a supervisor", rssBytes / MIB, "MB", 3),
      figure("drift from the first to the second hundred runs", Math.max(drift, 1 / drift), "ratio", 1.1),
    ];
  } finally {
    await machine.end();
  }
}
