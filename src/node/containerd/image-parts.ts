import { createHash } from 'node:crypto'

interface Platform {
  os?: string
  architecture?: string
  variant?: string
}

/** An index, a manifest or a configuration (OCI image specification, Docker schema 2), which may be malformed. */
export interface ImageDocument extends Platform {
  manifests?: { digest: string; platform?: Platform }[]
  config?: { digest: string }
  layers?: { digest: string }[]
  rootfs?: { diff_ids?: string[] }
}

/** Reads a document by its digest; undefined when it is absent or malformed. */
export type ReadDocument = (digest: string) => Promise<ImageDocument | undefined>

/** What an image consists of on this machine, as far as its documents can be read. */
export interface ImageParts {
  /** Digests of the documents that were found or looked for, from the top. */
  documents: string[]
  /** Digests of the compressed layers, from the bottom; undefined without a manifest for this machine. */
  layers: string[] | undefined
  /** Names of the snapshots of these layers, in the same order; undefined without a configuration. */
  snapshots: string[] | undefined
  /** Such as `linux/amd64`; empty when its content does not name any. */
  platforms: string[]
}

/** Follow an image from its digest down to its layers. `arch` is spelled as in bundles. */
export async function imageParts(read: ReadDocument, digest: string, arch: string): Promise<ImageParts> {
  const top = await read(digest)
  const manifests = top?.manifests && (await withPlatforms(top.manifests, read))
  const chosen = manifests?.find(({ platform }) => isFor(platform, arch))
  const manifest = manifests ? chosen && (await read(chosen.digest)) : top
  const config = manifest?.config && (await read(manifest.config.digest))
  const documents = [digest, manifests && chosen?.digest, manifest?.config?.digest]
  return {
    documents: documents.filter(found => found !== undefined),
    layers: manifest?.config && (manifest.layers ?? []).map(layer => layer.digest),
    snapshots: config && chainIds(config.rootfs?.diff_ids ?? []),
    platforms: platformNames(manifests ? manifests.map(({ platform }) => platform) : [config]),
  }
}

/** An index may leave out the platforms of its manifests. */
const withPlatforms = (manifests: NonNullable<ImageDocument['manifests']>, read: ReadDocument) =>
  Promise.all(
    manifests.map(async ({ digest, platform }) => {
      if (platform) return { digest, platform }
      const { config } = (await read(digest)) ?? {}
      return { digest, platform: config && (await read(config.digest)) }
    }),
  )

/** Every arm64 machine runs variant `v8`, and every amd64 machine `v1`. */
const isFor = (platform: Platform | undefined, arch: string): boolean =>
  platform?.os === 'linux' &&
  platform.architecture === arch &&
  ['', 'v1', 'v8'].includes(platform.variant ?? '')

/** Without `unknown/unknown`, which BuildKit gives to the attestations in an index. */
const platformNames = (platforms: readonly (Platform | undefined)[]): string[] => {
  const known = platforms.filter(platform => (platform?.os ?? 'unknown') !== 'unknown')
  return [...new Set(known.map(one => [one?.os, one?.architecture, one?.variant].filter(Boolean).join('/')))]
}

/** Names of the snapshots of layers, given by their diff IDs (OCI image specification, ChainID). */
function chainIds(diffIds: readonly string[]): string[] {
  const chains: string[] = []
  for (const layer of diffIds) {
    const below = chains.at(-1)
    chains.push(
      below === undefined
        ? layer
        : `sha256:${createHash('sha256').update(`${below} ${layer}`).digest('hex')}`,
    )
  }
  return chains
}
