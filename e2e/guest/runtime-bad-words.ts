/**
 * Command lines with the wrong number of words, in docker's own words; fields that no template has; registries that are
 * not there; archives that are none. Those of FORMATS need a container that runs (`web` of runtime-bad-orders.ts).
 */
import type { BadInput } from "./runtime-bad-flags.ts";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** What docker 28 prints, to the letter. */
function wrongCount(command: string, verb: string, complaint: string, usage: string): BadInput {
  const help = complaint.startsWith("requires at least") && !complaint.includes("at most") ? "See" : "Run";
  const text = `docker: 'docker ${verb}' ${complaint}\n\nUsage:  docker ${usage}\n\n${help} 'docker ${verb} --help' for more information`;
  return [`the words of docker ${command}`, `docker ${command}`, 1, new RegExp(`^${escaped(text)}$`)];
}

const LEAST_ONE = "requires at least 1 argument";

const COUNTS: readonly BadInput[] = [
  wrongCount("stop", "stop", LEAST_ONE, "stop [OPTIONS] CONTAINER [CONTAINER...]"),
  wrongCount("container stop", "container stop", LEAST_ONE, "container stop [OPTIONS] CONTAINER [CONTAINER...]"),
  wrongCount("exec", "exec", "requires at least 2 arguments", "exec [OPTIONS] CONTAINER COMMAND [ARG...]"),
  wrongCount("run", "run", LEAST_ONE, "run [OPTIONS] IMAGE [COMMAND] [ARG...]"),
  wrongCount("create", "create", LEAST_ONE, "create [OPTIONS] IMAGE [COMMAND] [ARG...]"),
  wrongCount("rm", "rm", LEAST_ONE, "rm [OPTIONS] CONTAINER [CONTAINER...]"),
  wrongCount("kill", "kill", LEAST_ONE, "kill [OPTIONS] CONTAINER [CONTAINER...]"),
  wrongCount("wait", "wait", LEAST_ONE, "wait CONTAINER [CONTAINER...]"),
  wrongCount("top", "top", LEAST_ONE, "top CONTAINER [ps OPTIONS]"),
  wrongCount("rename a", "rename", "requires 2 arguments", "rename CONTAINER NEW_NAME"),
  wrongCount("logs", "logs", "requires 1 argument", "logs [OPTIONS] CONTAINER"),
  wrongCount("tag a", "tag", "requires 2 arguments", "tag SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]"),
  wrongCount("diff", "diff", "requires 1 argument", "diff CONTAINER"),
  wrongCount(
    "commit",
    "commit",
    "requires at least 1 and at most 2 arguments",
    "commit [OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  ),
  wrongCount("port", "port", "requires at least 1 and at most 2 arguments", "port CONTAINER [PRIVATE_PORT[/PROTO]]"),
  wrongCount("history", "history", "requires 1 argument", "history [OPTIONS] IMAGE"),
  wrongCount("images a b", "images", "requires at most 1 argument", "images [OPTIONS] [REPOSITORY[:TAG]]"),
  wrongCount("ps x", "ps", "accepts no arguments", "ps [OPTIONS]"),
  wrongCount("info x", "info", "accepts no arguments", "info [OPTIONS]"),
  wrongCount("system df x", "system df", "accepts no arguments", "system df [OPTIONS]"),
  wrongCount("network rm", "network rm", LEAST_ONE, "network rm NETWORK [NETWORK...]"),
  wrongCount(
    "network connect a",
    "network connect",
    "requires 2 arguments",
    "network connect [OPTIONS] NETWORK CONTAINER",
  ),
  wrongCount("volume rm", "volume rm", LEAST_ONE, "volume rm [OPTIONS] VOLUME [VOLUME...]"),
  wrongCount("push", "push", "requires 1 argument", "push [OPTIONS] NAME[:TAG]"),
  wrongCount("pull", "pull", "requires 1 argument", "pull [OPTIONS] NAME[:TAG|@DIGEST]"),
];

const FLAGS: readonly BadInput[] = [
  [
    "an unknown flag of another verb than run",
    "docker stop --bad a",
    125,
    /^unknown flag: --bad\n\nUsage: {2}docker stop \[OPTIONS\] CONTAINER \[CONTAINER\.\.\.\]\n\nRun 'docker stop --help'/,
  ],
  [
    "a time that is no number",
    "docker stop -t x a",
    125,
    /^invalid argument "x" for "-t, --timeout" flag: strconv\.ParseInt: parsing "x": invalid syntax/,
  ],
];

const RUN_FLAGS: readonly BadInput[] = [
  ["an interval that is none, of no check", "docker run --health-interval x busybox true", 125, /invalid duration "x"/],
  ["retries that are no number, of no check", "docker run --health-retries x busybox true", 125, /parsing "x"/],
  ["to attach and not to", "docker run -d -a stdin busybox true", 1, /cannot specify both --attach and --detach/],
  [
    "a time to stop that is no number",
    "docker run --stop-timeout x busybox true",
    125,
    /^invalid argument "x" for "--stop-timeout" flag/,
  ],
  ["a limit of nothing", "docker run --ulimit x busybox true", 125, /^invalid argument "x" for "--ulimit" flag/],
];

const FILES: readonly BadInput[] = [
  ["a load of what is not there", "docker load -i /nosuch", 1, /open \/nosuch: no such file or directory$/],
  ["a load of a folder", "docker load -i /tmp", 1, /read \/tmp: is a directory$/],
  ["a load through a file", "docker load -i /etc/passwd/x", 1, /open \/etc\/passwd\/x: not a directory$/],
  ["an import of what is not there", "docker import /nosuch", 1, /open \/nosuch: no such file or directory$/],
  ["an import of a folder", "docker import /tmp", 1, /read \/tmp: is a directory$/],
];

const REGISTRY: readonly BadInput[] = [
  [
    "a pull of what is not here",
    "docker pull alpine",
    1,
    /pull access denied for alpine: no registry can be reached; images here: .*busybox[\s\S]*docker load -i FILE[\s\S]*docker import[\s\S]*docker build/,
  ],
  ["a pull of no name", "docker pull A", 1, /invalid reference format/],
  ["a push", "docker push busybox", 1, /push: no registry can be reached from this machine; docker save -o FILE NAME/],
  ["a search", "docker search x", 1, /search: no registry can be reached from this machine/],
  ["a login", "docker login", 1, /login: no registry can be reached from this machine/],
];

export const BAD_WORDS: readonly BadInput[] = [...COUNTS, ...FLAGS, ...RUN_FLAGS, ...FILES, ...REGISTRY];

const noField = (command: string, type: string, exitCode = 1): BadInput => [
  `a field that ${command} has not`,
  `docker ${command} --format '{{.Nope}}'`,
  exitCode,
  new RegExp(`template: :1:2: executing "" at <\\.Nope>: can't evaluate field Nope in type ${escaped(type)}$`),
];

export const FORMATS: readonly BadInput[] = [
  noField("ps", "*formatter.ContainerContext"),
  noField("images", "*formatter.imageContext"),
  noField("stats --no-stream web", "*container.statsContext"),
  noField("network ls", "*network.networkContext"),
  noField("volume ls", "*formatter.volumeContext"),
  noField("history busybox", "*image.historyContext"),
  noField("system df", "*formatter.diskUsageImagesContext"),
  noField("info", "system.dockerInfo"),
  noField("version", "system.versionInfo"),
  noField("events --until 1s", "events.Message", 64),
  ["a table of a field that is not there", "docker ps --format 'table {{.Nope}}'", 1, /can't evaluate field Nope/],
];
