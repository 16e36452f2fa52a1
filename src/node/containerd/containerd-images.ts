import { fields } from './containerd-fields.ts'
import { type ContainerdServices, snapshotter } from './containerd-services.ts'
import { GrpcFailure } from './grpc.ts'
import { type ImageDocument, imageParts } from './image-parts.ts'
import { bytesIn, encodeField, textIn } from './protobuf.ts'

/** How much of an image containerd has, according to its databases. */
export interface ImageContent {
  /** The content store has everything of it for this machine. */
  complete: boolean
  /** Its layers are unpacked into snapshots, so a container can start from it. */
  unpacked: boolean
  /** Its platforms, such as `linux/amd64`; empty when its content does not name any. */
  platforms: string[]
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
  const read = async (digest: string): Promise<ImageDocument | undefined> => {
    try {
      const parts = await ask(
        'content.v1.Content/Read',
        encodeField(fields.ReadContentRequest.digest, digest),
      )
      return parseDocument(
        Buffer.concat(parts.map(part => bytesIn(part, fields.ReadContentResponse.data))).toString(),
      )
    } catch (error) {
      return orAbsent(error)
    }
  }
  const isUnpacked = async (snapshot: string): Promise<boolean> => {
    const request = Buffer.concat([
      encodeField(fields.StatSnapshotRequest.snapshotter, snapshotter),
      encodeField(fields.StatSnapshotRequest.key, snapshot),
    ])
    return (await ask('snapshots.v1.Snapshots/Stat', request).catch(orAbsent)) !== undefined
  }
  const stored = list('content.v1.Content/List').then(
    all => new Set(all.map(blob => textIn(blob, fields.ContentInfo.digest))),
  )
  const inspect = async (digest: string): Promise<ImageContent> => {
    const { documents, layers, snapshots, platforms } = await imageParts(read, digest, arch)
    const blobs = await stored
    return {
      complete: layers !== undefined && [...documents, ...layers].every(blob => blobs.has(blob)),
      unpacked: snapshots !== undefined && (await isUnpacked(snapshots.at(-1) ?? '')),
      platforms,
    }
  }
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

/** Undefined for JSON that is not an object. Throws SyntaxError. */
export function parseDocument(text: string): ImageDocument | undefined {
  const found: unknown = JSON.parse(text)
  return typeof found === 'object' && found !== null ? found : undefined
}
