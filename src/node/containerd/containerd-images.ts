import { createHash } from 'node:crypto'
import { type ContainerdServices, snapshotter } from './containerd-services.ts'
import { GrpcFailure } from './grpc.ts'
import { bytesIn, encodeText, textIn } from './protobuf.ts'

/** What containerd has of an image, beside its name. */
export interface ImageContent {
  /** All of its content for this machine is in the content store. */
  complete: boolean
  /** Its layers have been made into snapshots, so a container can be started from it. */
  unpacked: boolean
  /** What its content is for, such as `linux/amd64`; empty when containerd cannot tell. */
  platforms: string[]
}

interface Platform {
  os?: string
  architecture?: string
  variant?: string
}

/** An index, a manifest or a configuration (OCI image specification, Docker schema 2): nobody says that it is right. */
interface Document extends Platform {
  manifests?: { digest: string; platform?: Platform }[]
  config?: { digest: string }
  layers?: { digest: string }[]
  rootfs?: { diff_ids?: string[] }
}

/**
 * Look at what each name of an image stands for, as `ctr images check` and `ls` do (containerd 1.6 to 2.2,
 * images.Check and Image.IsUnpacked). `arch` as bundles name it. Throws CommandError.
 */
export async function withContents<T extends { digest: string }>(
  names: readonly T[],
  { ask, list }: ContainerdServices,
  arch: string,
): Promise<(T & ImageContent)[]> {
  // What the server cannot give is not there, or not to be read.
  const orAbsent = (error: unknown): undefined => {
    if (!(error instanceof GrpcFailure || error instanceof SyntaxError)) throw error
  }
  const read = async (digest = ''): Promise<Document | undefined> => {
    try {
      const parts = await ask('content.v1.Content/Read', encodeText(1, digest))
      const found: unknown = JSON.parse(Buffer.concat(parts.map(part => bytesIn(part, 2))).toString())
      return typeof found === 'object' && found !== null ? found : undefined
    } catch (error) {
      return orAbsent(error)
    }
  }
  const isUnpacked = async (layers: readonly string[]): Promise<boolean> => {
    const request = Buffer.concat([encodeText(1, snapshotter), encodeText(2, chainOf(layers))])
    return (await ask('snapshots.v1.Snapshots/Stat', request).catch(orAbsent)) !== undefined
  }
  const here = list('content.v1.Content/List').then(all => new Set(all.map(blob => textIn(blob, 1))))
  const look = async (digest: string): Promise<ImageContent> => {
    const top = await read(digest)
    const manifests = top?.manifests && (await withPlatforms(top.manifests))
    const chosen = manifests?.find(({ platform }) => isFor(platform, arch))
    const manifest = manifests ? chosen && (await read(chosen.digest)) : top
    const config = manifest?.config && (await read(manifest.config.digest))
    const blobs = await here
    return {
      complete:
        manifest?.config !== undefined &&
        [manifest.config, ...(manifest.layers ?? [])].every(blob => blobs.has(blob.digest)),
      unpacked: config !== undefined && (await isUnpacked(config.rootfs?.diff_ids ?? [])),
      platforms: namesOf(manifests ? manifests.map(({ platform }) => platform) : [config]),
    }
  }
  /** An index need not say what its manifests are for. */
  const withPlatforms = (manifests: NonNullable<Document['manifests']>) =>
    Promise.all(
      manifests.map(async ({ digest, platform }) => ({
        digest,
        platform: platform ?? (await read((await read(digest))?.config?.digest)),
      })),
    )
  // An image has several names.
  const looks = new Map<string, Promise<ImageContent>>()
  const once = (digest: string): Promise<ImageContent> => {
    const found = looks.get(digest) ?? look(digest)
    looks.set(digest, found)
    return found
  }
  const images = names.map(async name => ({ ...name, ...(await once(name.digest)) }))
  const [found] = await Promise.all([Promise.all(images), here])
  return found
}

/** `v8` is what every arm64 machine can run, and `v1` every amd64 one. */
const isFor = (platform: Platform | undefined, arch: string): boolean =>
  platform?.os === 'linux' &&
  platform.architecture === arch &&
  ['', 'v1', 'v8'].includes(platform.variant ?? '')

/** What BuildKit attests to an image stands in its index under `unknown/unknown`. */
const namesOf = (platforms: readonly (Platform | undefined)[]): string[] => {
  const known = platforms.filter(platform => (platform?.os ?? 'unknown') !== 'unknown')
  return [...new Set(known.map(one => [one?.os, one?.architecture, one?.variant].filter(Boolean).join('/')))]
}

/** The name of the snapshot with all these layers, given by the digests of what is in them (OCI image specification, ChainID). */
const chainOf = ([first = '', ...others]: readonly string[]): string =>
  others.reduce(
    (chain, layer) => `sha256:${createHash('sha256').update(`${chain} ${layer}`).digest('hex')}`,
    first,
  )
