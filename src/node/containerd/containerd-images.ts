import { createHash } from 'node:crypto'
import { fields } from './containerd-fields.ts'
import { type ContainerdServices, snapshotter } from './containerd-services.ts'
import { GrpcFailure } from './grpc.ts'
import { bytesIn, encodeField, textIn } from './protobuf.ts'

/** How much of an image containerd has. */
export interface ImageContent {
  /** The content store has everything of it for this machine. */
  complete: boolean
  /** Its layers are unpacked into snapshots, so a container can start from it. */
  unpacked: boolean
  /** Its platforms, such as `linux/amd64`; empty when its content does not name any. */
  platforms: string[]
}

interface Platform {
  os?: string
  architecture?: string
  variant?: string
}

/** An index, a manifest or a configuration (OCI image specification, Docker schema 2), which may be malformed. */
interface Document extends Platform {
  manifests?: { digest: string; platform?: Platform }[]
  config?: { digest: string }
  layers?: { digest: string }[]
  rootfs?: { diff_ids?: string[] }
}

/**
 * Add to each image name how much of its content containerd has, as `ctr images check` and `ls` report it
 * (images.Check and Image.IsUnpacked of containerd 1.6 to 2.2). `arch` is spelled as in bundles. Throws CommandError.
 */
export async function withContents<T extends { digest: string }>(
  names: readonly T[],
  { ask, list }: ContainerdServices,
  arch: string,
): Promise<(T & ImageContent)[]> {
  // Content that the server refuses, or that is not JSON, counts as missing.
  const orAbsent = (error: unknown): undefined => {
    if (!(error instanceof GrpcFailure || error instanceof SyntaxError)) throw error
  }
  const read = async (digest = ''): Promise<Document | undefined> => {
    try {
      const parts = await ask(
        'content.v1.Content/Read',
        encodeField(fields.ReadContentRequest.digest, digest),
      )
      const found: unknown = JSON.parse(
        Buffer.concat(parts.map(part => bytesIn(part, fields.ReadContentResponse.data))).toString(),
      )
      return typeof found === 'object' && found !== null ? found : undefined
    } catch (error) {
      return orAbsent(error)
    }
  }
  const isUnpacked = async (layers: readonly string[]): Promise<boolean> => {
    const request = Buffer.concat([
      encodeField(fields.StatSnapshotRequest.snapshotter, snapshotter),
      encodeField(fields.StatSnapshotRequest.key, chainId(layers)),
    ])
    return (await ask('snapshots.v1.Snapshots/Stat', request).catch(orAbsent)) !== undefined
  }
  const stored = list('content.v1.Content/List').then(
    all => new Set(all.map(blob => textIn(blob, fields.ContentInfo.digest))),
  )
  const inspect = async (digest: string): Promise<ImageContent> => {
    const top = await read(digest)
    const manifests = top?.manifests && (await withPlatforms(top.manifests))
    const chosen = manifests?.find(({ platform }) => isFor(platform, arch))
    const manifest = manifests ? chosen && (await read(chosen.digest)) : top
    const config = manifest?.config && (await read(manifest.config.digest))
    const blobs = await stored
    return {
      complete:
        manifest?.config !== undefined &&
        [manifest.config, ...(manifest.layers ?? [])].every(blob => blobs.has(blob.digest)),
      unpacked: config !== undefined && (await isUnpacked(config.rootfs?.diff_ids ?? [])),
      platforms: platformNames(manifests ? manifests.map(({ platform }) => platform) : [config]),
    }
  }
  /** An index may leave out the platforms of its manifests. */
  const withPlatforms = (manifests: NonNullable<Document['manifests']>) =>
    Promise.all(
      manifests.map(async ({ digest, platform }) => ({
        digest,
        platform: platform ?? (await read((await read(digest))?.config?.digest)),
      })),
    )
  // Several names can stand for one image.
  const inspected = new Map<string, Promise<ImageContent>>()
  const once = (digest: string): Promise<ImageContent> => {
    const found = inspected.get(digest) ?? inspect(digest)
    inspected.set(digest, found)
    return found
  }
  const images = names.map(async name => ({ ...name, ...(await once(name.digest)) }))
  const [found] = await Promise.all([Promise.all(images), stored])
  return found
}

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

/** The name of the snapshot of these layers, given by their diff IDs (OCI image specification, ChainID). */
const chainId = ([first = '', ...others]: readonly string[]): string =>
  others.reduce(
    (chain, layer) => `sha256:${createHash('sha256').update(`${chain} ${layer}`).digest('hex')}`,
    first,
  )
