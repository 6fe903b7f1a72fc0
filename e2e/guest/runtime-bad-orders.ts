/**
 * Orders that come at the wrong time, or to nobody. Before them: `web` runs, `done` has ended, `fresh` was only created,
 * `still` is paused; `net1` is a network that web is on, `vol1` a volume that web has.
 */
import type { BadInput } from "./runtime-bad-flags.ts";
import { FORMATS } from "./runtime-bad-words.ts";

export const ORDERS_PREPARE = `
docker network create net1; docker volume create vol1
docker run -d --name web --network net1 -v vol1:/data busybox sleep 1000
docker run --name done busybox true
docker create --name fresh busybox sleep 1000
docker run -d --name still --network none busybox sleep 1000; docker pause still`;

export const ORDERS_CLEAN_UP = "docker rm -f web done fresh still; docker network rm net1; docker volume rm vol1";

const nobody = (command: string, exitCode = 1): BadInput => [
  `${command} of nobody`,
  `docker ${command} nosuch`,
  exitCode,
  /No such container: nosuch|No such object: nosuch/,
];

const states: readonly BadInput[] = [
  [
    "to run under a name that is taken",
    "docker run --name web busybox true",
    125,
    /name "\/web" is already in use by container/,
  ],
  [
    "to create under a name that is taken",
    "docker create --name done busybox true",
    125,
    /name "\/done" is already in use/,
  ],
  ["to remove what runs", "docker rm web", 1, /cannot remove container "\/web": container is running/],
  [
    "to remove what is paused",
    "docker rm still",
    1,
    /cannot remove container "\/still": container is (paused|running)/,
  ],
  ["to kill what has ended", "docker kill done", 1, /cannot kill container: done: container [0-9a-f]+ is not running/],
  [
    "to kill what never ran",
    "docker kill fresh",
    1,
    /cannot kill container: fresh: container [0-9a-f]+ is not running/,
  ],
  ["to kill with a signal that is none", "docker kill -s FROB web", 1, /invalid signal: FROB/i],
  ["to enter what has ended", "docker exec done true", 1, /container [0-9a-f]+ is not running/],
  ["to enter what never ran", "docker exec fresh true", 1, /container [0-9a-f]+ is not running/],
  ["to enter what is paused", "docker exec still true", 1, /is paused, unpause the container before exec/],
  [
    "to run a program there that is not there",
    "docker exec web nosuch",
    127,
    /exec: "nosuch": executable file not found in \$PATH/,
  ],
  ["to run a folder there", "docker exec web /etc", 126, /permission denied|is a directory/],
  ["to enter as nobody known", "docker exec -u nobody-here web true", 126, /unable to find user nobody-here/],
  ["to enter a folder that is not there", "docker exec -w /nosuch web true", 126, /ENOENT.*'\/nosuch'/],
  ["to stand in a leaked descriptor", "docker exec -w /proc/self/fd/9 web true", 126, /ENOENT|ENOTDIR/],
  ["to enter without a program", "docker exec web", 1, /^docker: 'docker exec' requires at least 2 arguments$/m],
  ["to pause what is paused", "docker pause still", 1, /is already paused/],
  ["to pause what has ended", "docker pause done", 1, /is not running/],
  ["to unpause what runs", "docker unpause web", 1, /is not paused/],
  ["to unpause what has ended", "docker unpause done", 1, /is not (running|paused)/],
  ["to start what is paused", "docker start still", 1, /cannot start a paused container, try unpause instead/],
  ["to attach to what has ended", "docker attach done", 1, /cannot attach to a stopped container/],
  ["to attach to what is paused", "docker attach still", 1, /cannot attach to a paused container/],
  ["to see the processes of what has ended", "docker top done", 1, /is not running/],
  ["to rename to a name that is taken", "docker rename web done", 1, /already in use/],
  ["to rename to itself", "docker rename web web", 1, /same name as its current name/],
  ["to rename to no name", "docker rename web a/b", 1, /Invalid container name \(a\/b\)/],
  ["to limit below the minimum", "docker update -m 1m web", 1, /Minimum memory limit allowed is 6MB/],
  ["to limit to what is no number", "docker update --cpus x web", 125, /rational number|invalid argument/],
  ["a port that is not published", "docker port web 80", 1, /no public port '80\/tcp' published for web/],
  ["to copy from nowhere", "docker cp web:/nosuch /tmp/x", 1, /Could not find the file \/nosuch/],
  ["to copy what is not there", "docker cp /nosuch web:/", 1, /nosuch.*no such file/],
  ["to copy between containers", "docker cp web:/etc done:/", 1, /copying between containers is not supported/],
  ["to copy between nobody", "docker cp /etc /tmp/x", 1, /must specify at least one container source/],
  ["a filter that is none", "docker ps --filter frob=1", 1, /invalid filter 'frob|frob/],
  ["a template that does not close", "docker ps --format '{{.Names'", 1, /template|unclosed/i],
  ["a field that is not there", "docker inspect -f '{{.Frob}}' web", 1, /map has no entry for key "Frob"/],
  ["a template of inspect that does not close", "docker inspect -f '{{.Id' web", 64, /unclosed action/],
  ...FORMATS,
  ["logs since no time", "docker logs --since yesterday web", 1, /yesterday/],
];

const others: readonly BadInput[] = [
  ["a network whose name is taken", "docker network create net1", 1, /network with name net1 already exists/],
  ["a network that is in use", "docker network rm net1", 1, /network net1 has active endpoints/],
  [
    "a network that came with the machine",
    "docker network rm bridge",
    1,
    /bridge is a pre-defined network and cannot be removed/,
  ],
  ["to remove a network that is not there", "docker network rm nosuch", 1, /network nosuch not found/],
  ["a subnet that is none", "docker network create --subnet x net2", 1, /invalid CIDR address: x/],
  ["a subnet with host bits", "docker network create --subnet 10.9.0.1/24 net2", 1, /it should be 10\.9\.0\.0\/24/],
  [
    "a gateway from elsewhere",
    "docker network create --subnet 10.9.0.0/24 --gateway 10.8.0.1 net2",
    1,
    /no matching subnet for gateway/,
  ],
  ["a network driver that is not there", "docker network create -d overlay net2", 1, /plugin not found|overlay/],
  ["to connect twice", "docker network connect net1 web", 1, /endpoint with name web already exists in network net1/],
  ["to connect nobody", "docker network connect net1 nosuch", 1, /No such container: nosuch/],
  [
    "to disconnect who is not there",
    "docker network disconnect net1 done",
    1,
    /is not connected to( the)? network net1/,
  ],
  ["to connect to what is not there", "docker network connect nosuch web", 1, /network nosuch not found/],
  ["a volume in use", "docker volume rm vol1", 1, /volume is in use/],
  ["a volume that is not there", "docker volume rm nosuch", 1, /nosuch: no such volume/],
  ["a volume whose name is none", "docker volume create 'a/b'", 1, /invalid|a\/b/],
  ["an image that is not there", "docker rmi nosuch", 1, /No such image: nosuch/],
  ["an image in use", "docker rmi busybox", 1, /conflict: unable to/],
  ["a tag of what is not there", "docker tag nosuch x", 1, /No such image: nosuch/],
  ["a tag that is none", "docker tag busybox 'A B'", 1, /invalid|lowercase/],
  ["the history of what is not there", "docker history nosuch", 1, /No such image: nosuch/],
  ["to save what is not there", "docker save nosuch", 1, /nosuch/],
  [
    "a build without a Containerfile",
    "mkdir -p /tmp/empty; docker build /tmp/empty",
    1,
    /no Containerfile or Dockerfile/,
  ],
  ["a build of what is not there", "docker build /nosuch", 1, /path "\/nosuch" not found/],
  [
    "a build with an unknown word",
    "mkdir -p /tmp/b1; printf 'FROM busybox\\nFROB x\\n' > /tmp/b1/Containerfile; docker build /tmp/b1",
    1,
    /FROB/i,
  ],
];

export const BAD_ORDERS: readonly BadInput[] = [
  ...[
    "start",
    "stop",
    "restart",
    "kill",
    "rm",
    "wait",
    "pause",
    "unpause",
    "logs",
    "top",
    "attach",
    "port",
    "diff",
    "inspect",
  ].map((verb) => nobody(verb)),
  ...states,
  ...others,
];
