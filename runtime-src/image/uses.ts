/** Which containers stand on an image. */
import type { Host } from "../container/host.ts";
import { listContainers } from "../container/recover.ts";
import type { ContainerState } from "../container/state.ts";

export const containersOf = (host: Host, id: string): ContainerState[] =>
  listContainers(host).filter(({ imageId }) => imageId === id);
