/** The OCI image-spec's JSON, as far as it is read or written here (descriptor.md, manifest.md, config.md, image-index.md). */

export interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly architecture?: string; readonly os?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly schemaVersion?: number;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface Index {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** docker's field, which OCI lets pass. Times are nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface RunConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>> | null;
  readonly Env?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly StopSignal?: string;
  readonly Healthcheck?: Healthcheck;
  readonly Shell?: readonly string[];
  readonly OnBuild?: readonly string[] | null;
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export interface ConfigFile {
  readonly created?: string;
  readonly author?: string;
  readonly architecture?: string;
  readonly os?: string;
  readonly config?: RunConfig;
  readonly rootfs: { readonly type?: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly HistoryEntry[];
}

export const MEDIA_INDEX = "application/vnd.oci.image.index.v1+json";
export const MEDIA_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const MEDIA_CONFIG = "application/vnd.oci.image.config.v1+json";
export const MEDIA_LAYER = "application/vnd.oci.image.layer.v1.tar";

export const REF_NAME = "org.opencontainers.image.ref.name";
/** Of a layer's descriptor: the size of its tar file, and of the files in it. */
export const TAR_BYTES = "dev.glassbox.tar-bytes";
export const CONTENT_BYTES = "dev.glassbox.content-bytes";
/** Of our index.json: names that came with the guest and are no longer theirs, as a JSON list. */
export const TAKEN_NAMES = "dev.glassbox.taken-names";
/** Of an entry of our index.json, or a container's label: of a build that has not ended; the value is the builder's process. */
export const BUILDING = "dev.glassbox.building";
