/**
 * Media types that a tag can point at; the JSON of Docker and OCI types has the same shape.
 * https://github.com/opencontainers/image-spec/blob/main/media-types.md
 */
export const indexTypes: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

export const manifestTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

/**
 * Largest manifest to read, in bytes: the size that registries must accept at least.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
 */
export const maxManifestSize = 4 * 1024 * 1024

/** Largest image config to read, in bytes: it holds the history of the image, and is read into memory. */
export const maxConfigSize = 8 * 1024 * 1024
