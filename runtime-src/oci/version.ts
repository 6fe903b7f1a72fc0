/** What this runtime is written against (features.md: ociVersionMin, ociVersionMax). */
export const OCI_VERSION = "1.2.0";
export const OCI_VERSION_MIN = "1.0.0";
