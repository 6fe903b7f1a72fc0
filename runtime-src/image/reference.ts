/**
 * Names of images as docker reads them (github.com/distribution/reference): [HOST[:PORT]/]PATH[:TAG][@DIGEST], where
 * "docker.io/library/" is what nobody types.
 */
export const DIGEST = /^sha256:([0-9a-f]{64})$/;
const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const HOST = "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\\d+)?";
const REFERENCE = new RegExp(
  `^(?:${HOST}/)?${COMPONENT}(?:/${COMPONENT})*(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);
const NAME_MOST = 255;

/** "busybox", "docker.io/library/busybox:latest" -> "busybox:latest" */
export function normalizeReference(reference: string): string {
  const short = reference.replace(/^(?:(?:index\.)?docker\.io\/)?(?:library\/)?/, "");
  return short.slice(short.lastIndexOf("/") + 1).includes(":") ? short : `${short}:latest`;
}

export const isReference = (reference: string): boolean =>
  REFERENCE.test(reference) && repositoryOf(normalizeReference(reference)).length <= NAME_MOST;

/** docker's words for a name that is none; null for one that is. */
export function referenceFault(reference: string): string | null {
  if (isReference(reference)) return null;
  const last = reference.slice(reference.indexOf("/") + 1);
  if (/[A-Z]/.test(last.replace(/:[^/]*$/, ""))) return "invalid reference format: repository name must be lowercase";
  return "invalid reference format";
}

/** A name to give: valid, and not only hexadecimal digits as an id has them. Normalised. */
export function nameToGive(reference: string): string {
  const fault = referenceFault(reference);
  if (fault) throw new Error(`${fault}: "${reference}"`);
  if (reference.includes("@")) throw new Error(`refusing to create a tag with a digest reference: "${reference}"`);
  if (/^[0-9a-f]{64}$/.test(reference)) {
    throw new Error(`refusing to create an ambiguous tag using digest algorithm as name: "${reference}"`);
  }
  return normalizeReference(reference);
}

/** Of a normalised name. */
export const repositoryOf = (name: string): string => {
  const plain = name.replace(/@sha256:.*$/, "");
  const at = plain.lastIndexOf(":");
  return at > plain.lastIndexOf("/") ? plain.slice(0, at) : plain;
};
export const tagOf = (name: string): string => name.slice(repositoryOf(name).length + 1);

export const NO_NAME = "<none>:<none>";

/** As other tools want it in full. */
export function fullName(name: string): string {
  const first = name.includes("/") ? name.slice(0, name.indexOf("/")) : "";
  if (first.includes(".") || first.includes(":") || first === "localhost") return name;
  return first === "" ? `docker.io/library/${name}` : `docker.io/${name}`;
}
