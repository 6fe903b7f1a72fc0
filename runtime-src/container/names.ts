/** Names for containers that were given none: an adjective and somebody to whom containers owe something. */
const ADJECTIVES =
  "amber bold brave bright calm clear cosy crisp deft eager fine fond glad keen kind lucid merry mild neat nimble quick quiet ready sharp sunny swift tidy vivid warm witty".split(
    " ",
  );
const PEOPLE =
  "allen backus bartik bell borg cerf church codd corbato dijkstra engelbart floyd goldberg hamilton hoare hopper kay kernighan knuth lamport liskov lovelace mcilroy milner minsky naur perlman pike ritchie shannon sussman thompson torvalds turing wilkes wirth".split(
    " ",
  );

/** `random` is at least two bytes. */
export function randomName(random: Uint8Array): string {
  const [a = 0, b = 0] = random;
  return `${ADJECTIVES[a % ADJECTIVES.length]}_${PEOPLE[b % PEOPLE.length]}`;
}
