/** The network part of a container, kept in state.json: what `docker run` asked for, and what the container has while it runs. */
import type { Endpoint, EndpointRequest } from "./endpoint.ts";
import type { BoundPort } from "./ports.ts";
import type { PortRequest } from "./publish-options.ts";

export interface DnsSettings {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

export interface NetworkSettings {
  /** docker's NetworkMode: "none", "host", "container:<id>", or the name of the first network. */
  readonly mode: string;
  readonly requests: readonly EndpointRequest[];
  readonly publish: readonly PortRequest[];
  /** "80/tcp": of the image, --expose and --publish. */
  readonly exposed: readonly string[];
  readonly dns: DnsSettings;
  /** While it runs, else empty. */
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly BoundPort[];
}

export const NO_DNS: DnsSettings = { servers: [], search: [], options: [] };

export const NO_NETWORK: NetworkSettings = {
  mode: "none",
  requests: [],
  publish: [],
  exposed: [],
  dns: NO_DNS,
  endpoints: [],
  ports: [],
};

const CONTAINER = "container:";

/** The id of the container whose network namespace this one shares. */
export const sharedWith = (mode: string): string | null =>
  mode.startsWith(CONTAINER) ? mode.slice(CONTAINER.length) : null;
