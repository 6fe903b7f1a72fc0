/** What docker's front end says of containers: lists, templates, filters, names, logs, events, volumes, and what is refused. */
import { expect, test } from "vitest";
import type { Guest } from "./guest.ts";
import { tidyGuest } from "./tidy-guest.ts";

let guest: Guest;
tidyGuest((booted) => {
  guest = booted;
});

/** Each line's output and exit code, in one command. */
async function each(lines: readonly string[]): Promise<string[]> {
  const marked = lines.map((line) => `{ ${line}; } 2>&1; echo "[$?]"; echo =====`);
  const { stdout } = await guest.sh(marked.join("\n"));
  return stdout
    .split("=====\n")
    .slice(0, -1)
    .map((text) => text.trim());
}

test("lists: columns, templates, filters, sizes", async () => {
  await guest.out(
    "docker run -d --name web --label tier=front -v data:/d busybox sleep 1000; docker create --name old busybox true",
  );
  expect(
    await each([
      "docker ps --format '{{.Names}} {{.Label \"tier\"}} {{.Mounts}} {{.State}}'",
      'docker ps -a --filter name=^old$ --filter status=created --format json | grep -c \'"Names":"old"\'',
      "docker ps -aq --no-trunc | grep -cE '^[0-9a-f]{64}$'",
      "docker ps -l --format 'table {{.Names}}\\t{{.Status}}'",
      "docker ps --filter volume=data --filter label=tier=front -q | wc -l",
      "docker container ls -as --format '{{.Size}}' | grep -c '0B (virtual'",
      "docker ps --filter frob=1",
      "docker ps --format '{{.Frob}}'",
      "docker inspect -f '{{range .Mounts}}{{.Name}}:{{.Destination}}{{end}} {{.Config.Labels.tier}} {{len .Config.Env}}' web",
      "docker inspect -f '{{.Nope}}' web",
      "docker inspect --type volume -f '{{.Driver}}' data",
      "docker inspect nosuch",
    ]),
  ).toEqual([
    "web front data running\n[0]",
    "1\n[0]",
    "2\n[0]",
    expect.stringMatching(/^NAMES +STATUS\nold +Created\n\[0\]$/),
    "1\n[0]",
    "2\n[0]",
    expect.stringMatching(/invalid filter 'frob'[\s\S]*\[1\]$/),
    expect.stringMatching(/template parsing error: template: :1:2: executing "" at <\.Frob>[\s\S]*\[1\]$/),
    "data:/d front 2\n[0]",
    expect.stringMatching(/map has no entry for key "Nope"\n\[1\]$/),
    "local\n[0]",
    "[]\nError: No such object: nosuch\n[1]",
  ]);
});

test("rename, top, logs with moments, events of one container", async () => {
  await guest.out("docker run -d --name web busybox sh -c 'echo one; echo two; echo three; sleep 1000'");
  await guest.out("until docker top web -o pid,comm | grep -q sleep && docker logs web | grep -q three; do :; done");
  expect(
    await each([
      "docker rename web shop; docker ps --format '{{.Names}}'; ls /run/box/names",
      "docker rename shop 'a b'",
      "docker logs -n 1 shop; docker logs --until 10m shop; docker logs --since 10m shop | wc -l",
      "docker top shop -o pid,comm | tail -1 | grep -c sleep; ps -ef | grep -c '[b]ox agent'",
      "docker top shop -o comm",
      "docker stats --no-stream --format '{{.Name}} {{.PIDs}}' shop",
      "docker stop -t 0 shop; docker rm shop",
      "docker events --since 10m --until 0s --filter container=shop --format '{{.Action}}' | tr '\\n' ' '",
    ]),
  ).toEqual([
    "shop\nshop\n[0]",
    expect.stringMatching(/Invalid container name \(a b\)[\s\S]*\[1\]$/),
    "three\n3\n[0]",
    "1\n1\n[0]",
    expect.stringContaining("Couldn't find PID field in ps output"),
    "shop 1\n[0]",
    "shop\nshop\n[0]",
    "rename die stop destroy [0]",
  ]);
});

test("volumes outlive containers; anonymous ones go with theirs; a new one has what the image had there", async () => {
  expect(
    await each([
      "docker run --rm -v data:/d busybox sh -c 'echo kept > /d/file'; docker run --rm -v data:/e:ro busybox cat /e/file",
      "docker run --rm -v data:/e:ro busybox sh -c 'echo x > /e/file'",
      "docker run --rm -v /anon busybox true; docker volume ls -q",
      "docker run --name web -v /etc busybox true; docker volume ls -q | grep -cE '^[0-9a-f]{64}$'; ls /var/lib/box/volumes/*/_data/passwd | wc -l",
      "docker volume rm data; docker run --name two --volumes-from web busybox ls /etc/passwd",
      "docker volume rm $(docker volume ls -q)",
      "docker rm -v web two >/dev/null; docker volume ls -q",
      "docker run --rm --mount type=bind,src=/nosuch,dst=/x busybox true",
      "docker volume create one; docker volume create one; docker volume inspect -f '{{.Mountpoint}}' one; docker volume prune -f; docker volume ls -q",
    ]),
  ).toEqual([
    "kept\n[0]",
    expect.stringContaining("Read-only file system"),
    "data\n[0]",
    "1\n1\n[0]",
    "data\n/etc/passwd\n[0]",
    expect.stringMatching(/volume is in use - \[[0-9a-f]{64}/),
    "[0]",
    expect.stringMatching(/bind source path does not exist: \/nosuch[\s\S]*\[125\]$/),
    "one\none\n/var/lib/box/volumes/one/_data\nTotal reclaimed space: 0B\none\n[0]",
  ]);
});

test("system, info, version, help, and commands that are none", async () => {
  await guest.out("docker create --name web busybox true");
  expect(
    await each([
      "docker info -f '{{.Containers}} {{.CgroupVersion}}'; docker version -f '{{.Server.Os}}'",
      "docker system df --format '{{.Type}} {{.TotalCount}}' | grep Containers",
      "echo n | docker system prune | tail -1; docker ps -aq | wc -l",
      "docker system prune -f | grep -c 'Deleted Containers'; docker ps -aq | wc -l",
      "docker run --help | grep -c -e '--health-cmd' -e 'docker container run'",
      "docker volume frob",
      "docker run --cpuset-cpus 0 busybox true",
      "docker run --oom-kill-disable busybox true",
    ]),
  ).toEqual([
    "1 2\nlinux\n[0]",
    "Containers 1\n[0]",
    expect.stringMatching(/\[y\/N\]\s*1\n\[0\]$/),
    "1\n0\n[0]",
    "2\n[0]",
    expect.stringMatching(/unknown command: docker volume frob[\s\S]*\[1\]$/),
    expect.stringMatching(/--cpuset-cpus is not supported: this machine has one CPU[\s\S]*\[125\]$/),
    expect.stringMatching(/cgroup v2 cannot switch the OOM killer off[\s\S]*\[125\]$/),
  ]);
});

test("pull: no registry, but what is here is up to date and what came with the machine comes back", async () => {
  expect(
    await each([
      "docker pull busybox",
      "docker rmi redis | grep -c Untagged; docker pull -q redis; docker images -q redis | wc -l; docker pull redis | grep Status",
      "docker image pull busybox:nosuch 2>&1 | head -1",
    ]),
  ).toEqual([
    expect.stringMatching(
      /^Using default tag: latest\nlatest: Pulling from library\/busybox\nDigest: sha256:[0-9a-f]{64}\nStatus: Image is up to date for busybox:latest\ndocker\.io\/library\/busybox:latest\n\[0\]$/,
    ),
    "1\ndocker.io/library/redis:latest\n1\nStatus: Image is up to date for redis:latest\n[0]",
    expect.stringMatching(
      /pull access denied for busybox:nosuch: no registry can be reached; images here: [\s\S]*\[0\]$/,
    ),
  ]);
});

test("what a first hour types: help of a verb, the version in a line, commands of docker's that are not here", async () => {
  const [run, group, line, flag, compose, unknown, spec, checkpoint, oci, build] = await each([
    "docker help run | head -1",
    "docker help network create | head -1",
    "docker --version; box -v",
    "docker --frob ps",
    "docker compose up -d",
    "docker frob",
    "box oci --version; box oci features | grep -c '\"ociVersionMax\": \"1.2.0\"'; docker version -f '{{(index .Server.Components 0).Details}}'",
    "box oci checkpoint x",
    "box oci --help | grep -c -e '^Usage: box oci \\[GLOBAL' -e '^  create  ' -e '--log-format'",
    "printf 'FROM busybox\\nCMD true\\n' | docker buildx build -q - | cut -c1-7; docker image prune -f > /dev/null",
  ]);
  expect([run, group]).toEqual([
    "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n[0]",
    "Usage:  docker network create [OPTIONS] NETWORK\n[0]",
  ]);
  expect(line).toBe("docker version 0.1.0, build glassbox\nbox version 0.1.0, build glassbox\n[0]");
  expect(flag).toMatch(/^unknown flag: --frob\n[\s\S]*\[125\]$/);
  expect(compose).toMatch(/^docker: 'docker compose' is not supported: .*docker network create[\s\S]*\[1\]$/);
  expect(unknown).toMatch(/^docker: unknown command: docker frob\n[\s\S]*\[1\]$/);
  expect(spec).toBe("box oci version 0.1.0\nspec: 1.2.0\n1\nmap[OCI runtime-spec:1.2.0]\n[0]");
  expect(checkpoint).toBe("box oci: checkpoint is not supported: this kernel's containers cannot be checkpointed\n[1]");
  expect(oci).toBe("3\n[0]");
  expect(build).toBe("sha256:\n[0]");
});

test("fields that are computed are in {{json .}} too; ports are filters; rm -f of nobody is no failure", async () => {
  await guest.out(
    "docker run -d --name web -p 8080:80 busybox sleep 1000; docker run -d --name inner --expose 90 busybox sleep 1000",
  );
  const [stats, json, publish, range, expose, wrong, gone, kept] = await each([
    "docker stats --no-stream --format '{{json .}}' web",
    "docker ps --filter name=web --format '{{json .}}'",
    "docker ps --filter publish=80 --format '{{.Names}}'",
    "docker ps --filter publish=70-90/tcp --format '{{.Names}}'; docker ps -q --filter publish=80/udp",
    "docker ps --filter expose=90 --format '{{.Names}}'",
    "docker ps --filter publish=web",
    "docker rm -f nosuch web",
    "docker rm nosuch inner",
  ]);
  const fields = ["BlockIO", "CPUPerc", "Container", "ID", "MemPerc", "MemUsage", "Name", "NetIO", "PIDs"];
  const row = (text: string | undefined) => JSON.parse(text?.replace("\n[0]", "") ?? "");
  expect(Object.keys(row(stats)).sort()).toEqual(fields);
  expect(row(stats).PIDs).toBe("1");
  expect(row(json)).toMatchObject({ Names: "web", State: "running", Ports: "0.0.0.0:8080->80/tcp" });
  expect([publish, range, expose]).toEqual(["web\n[0]", "web\n[0]", "inner\n[0]"]);
  expect(wrong).toMatch(/invalid filter 'publish=web': invalid port\n\[1\]$/);
  expect(gone).toBe("Error: No such container: nosuch\nweb\n[0]");
  expect(kept).toMatch(/^Error: No such container: nosuch\nError: cannot remove container "\/inner"[\s\S]*\[1\]$/);
});

test("system prune takes images without a name, with -a all that no container uses, as old as the filter says", async () => {
  await guest.out(`printf 'FROM busybox\nCMD a\n' | docker build -t old -; printf 'FROM busybox\nCMD b\n' | docker build -t old -
    docker create --name user busybox`);
  const named = "docker images --format '{{.Repository}}' | sort | tr '\\n' ' '";
  const [before, young, dangling, asked, all, left] = await each([
    named,
    "docker image prune -f --filter until=24h; docker system prune -f --filter until=24h",
    "docker system prune -f --filter label!=x | grep -c deleted; docker create --name user busybox > /dev/null",
    "echo n | docker system prune -a | grep images",
    "docker image prune -af | grep -c untagged",
    named,
  ]);
  expect(before).toBe("<none> busybox debian hello-world nginx old python redis stress-ng [0]");
  expect(young).toBe("Total reclaimed space: 0B\nTotal reclaimed space: 0B\n[0]");
  expect(dangling).toBe("1\n[0]");
  expect(asked).toBe("- all images without at least one container associated to them\n[0]");
  expect([all, left]).toEqual(["7\n[0]", "busybox [0]"]);
  await guest.out("for image in debian hello-world nginx python redis stress-ng; do docker pull -q $image; done");
});

test("events of images and networks; moments of a log have nine digits", async () => {
  await guest.out(`docker network create events; docker create --name web busybox sh -c 'echo said'
    docker network connect events web; docker network disconnect events web; docker network rm events
    docker tag busybox events:1; docker save -o /tmp/events.tar events:1; docker rmi events:1; docker load -qi /tmp/events.tar
    docker rmi events:1; rm /tmp/events.tar; docker pull -q busybox; docker start -a web`);
  const seen = "docker events --since 10m --until 0s --filter";
  const actions = "--format '{{.Action}}' | tr '\\n' ' '";
  const [network, connected, image, pull, moment] = await each([
    `${seen} network=events ${actions}`,
    `${seen} network=events --filter event=connect --format '{{.Actor.Attributes.container}}'; docker inspect -f '{{.Id}}' web`,
    `${seen} image=events:1 ${actions}`,
    `${seen} type=image --filter event=pull | tail -1 | cut -d' ' -f 2-`,
    "docker logs -t web",
  ]);
  expect(network).toBe("create connect disconnect destroy [0]");
  expect(connected).toMatch(/^([0-9a-f]{64})\n\1\n\[0\]$/);
  expect(image).toBe("tag untag load untag [0]");
  expect(pull).toBe("image pull busybox:latest (name=busybox)\n[0]");
  expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z said\n\[0\]$/);
});

test("a layer counts once in system df, whatever its image is called", async () => {
  const images = "docker system df --format '{{.Type}} {{.TotalCount}} {{.Size}}' | grep Images";
  const [before, tagged, gone] = await each([
    images,
    `docker tag busybox other; ${images}`,
    `docker rmi other; ${images}`,
  ]);
  expect(before).toMatch(/^Images \d+ [\d.]+MB\n\[0\]$/);
  expect([tagged, gone]).toEqual([before, `Untagged: other:latest\n${before}`]);
});

test("load --explain says each step, in both languages", async () => {
  const [english, korean] = await each([
    "docker save -o /tmp/saved.tar busybox; docker load --explain -i /tmp/saved.tar",
    "BOX_LANG=ko docker load --explain -i /tmp/saved.tar; rm /tmp/saved.tar",
  ]);
  expect(english).toContain("flock(/var/lib/box/images/lock, LOCK_EX) load 1/8: lock-images");
  expect(english).toContain("Holds the hashes of configs and layers against what the manifest says.");
  expect(english).toMatch(/rename\(.*\) load 7\/8: write-index[\s\S]*Loaded image: busybox:latest\n\[0\]$/);
  expect(korean).toContain("이미지를 바꾸는 명령이 한 번에 하나만 돌도록 파일을 잠급니다.");
});
