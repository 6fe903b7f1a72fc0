/** Commands of docker's that this machine has no use for: why, and what does the same. */
const SWARM = "there is one machine, and no swarm of them";
const REGISTRY = "no registry can be reached";

const REASONS: Readonly<Record<string, string>> = {
  builder: "the builder is docker build, its cache goes with the images (docker image prune)",
  checkpoint: "it needs CRIU, which this machine has not",
  compose:
    "start the services one by one: docker network create NET, then docker run -d --network NET --name NAME IMAGE",
  config: SWARM,
  context: "there is one machine, and this is it",
  manifest: REGISTRY,
  node: SWARM,
  plugin: "networks are bridges and volumes are local, without plugins",
  secret: SWARM,
  service: SWARM,
  stack: SWARM,
  swarm: SWARM,
  trust: REGISTRY,
};

/** null: docker has no such command either. */
export const whyNotHere = (name: string): string | null =>
  Object.hasOwn(REASONS, name) ? (REASONS[name] ?? null) : null;
