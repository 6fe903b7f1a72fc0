/** Commands right after a restore, ours against stock v86 on the same snapshot, under Node, in turns. */
import { startNodeMachine } from "../lib/machine/node-machine.ts";
import { type BenchContext, type Figure, ratio } from "./figure.ts";
import { startStockGuest } from "./stock-guest.ts";

const ROUNDS = 5;
const LOOP_ROUNDS = 3;

interface Case {
  readonly name: string;
  readonly command: string;
  readonly bar: number;
  readonly rounds: number;
}

const CASES: readonly Case[] = [
  { name: "ps -ef", command: "ps -ef", bar: 0.45, rounds: ROUNDS },
  { name: "bash -c true", command: "bash -c true", bar: 0.45, rounds: ROUNDS },
  {
    name: "the article's unshare",
    command: "sudo unshare --pid --fork --mount-proc bash -c 'ps -ef'",
    bar: 0.45,
    rounds: ROUNDS,
  },
  {
    name: "5 s CPU loop",
    command: "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done",
    bar: 1,
    rounds: LOOP_ROUNDS,
  },
];

/** Clears the line editor's redraws out of the way: the marker is typed in halves, so only its output matches. */
const line = (command: string): string => `${command}; echo do''ne`;
const DONE = /done\r?\n/;

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await run();
  return performance.now() - startedAtMs;
}

async function ours(imageDir: string, command: string): Promise<number> {
  const guest = await startNodeMachine(imageDir);
  const tookMs = await timed(() => {
    guest.type("hvc0", `${line(command)}\n`);
    return guest.untilScreen("hvc0", DONE);
  });
  await guest.end();
  return tookMs;
}

async function stock(imageDir: string, command: string): Promise<number> {
  const guest = await startStockGuest(imageDir);
  const tookMs = await timed(() => guest.type(line(command), DONE));
  await guest.end();
  return tookMs;
}

export async function figures({ imageDir, note }: BenchContext): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (const { name, command, bar, rounds } of CASES) {
    const [mine, theirs]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      mine.push(await ours(imageDir, command));
      theirs.push(await stock(imageDir, command));
    }
    note(`${name}: ours ${mine.map(Math.round)} ms, stock ${theirs.map(Math.round)} ms`);
    found.push(ratio(`${name} after a restore, against stock v86`, mine, theirs, bar, "stock v86"));
  }
  return found;
}
