import { eachArchiveMember } from '../../tar/entries.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { Descriptor } from '../descriptor.ts'
import { isDigest } from '../digest.ts'
import { maxManifestSize } from '../media-types.ts'

type Content = Pick<Descriptor, 'digest' | 'size'>

/** An image archive whose content is in a store. */
export interface ImageArchive {
  /** `index.json` and `manifest.json`, which describe the other files. */
  documents: Map<string, Buffer>
  /** Any other file, by path; follows links. */
  file(path: string): Content | undefined
}

const documentNames = ['index.json', 'manifest.json']
/** Files that carry no content; Docker before 25 writes VERSION and json beside each layer. */
const isNoise = (path: string): boolean => /^(?:oci-layout|repositories|[^/]+\/(?:VERSION|json))$/.test(path)

/**
 * Read an image archive in one pass and store its files. Files named by their digest, as in the OCI image layout, must
 * match it. Throws ContentMismatch, EdgekitError or Error.
 */
export async function readImageArchive(
  archive: AsyncIterable<Uint8Array>,
  store: BlobStore,
): Promise<ImageArchive> {
  const documents = new Map<string, Buffer>()
  const files = new Map<string, Content>()
  const links = new Map<string, string>()
  await eachArchiveMember(archive, async member => {
    const { path } = member
    if (member.kind === 'link') links.set(path, member.target)
    else if (documentNames.includes(path)) documents.set(path, await readDocument(path, member.content))
    else if (!isNoise(path)) files.set(path, await keep(path, member.size, member.content, store))
  })
  const file = (path: string, hops = 0): Content | undefined => {
    const target = links.get(path)
    return target === undefined || hops > 10 ? files.get(path) : file(target, hops + 1)
  }
  return { documents, file }
}

async function keep(
  path: string,
  size: number,
  content: AsyncIterable<Uint8Array>,
  store: BlobStore,
): Promise<Content> {
  const digest = path.replace(/^blobs\/sha256\//, 'sha256:')
  if (!isDigest(digest)) return await store.add(content)
  await store.ensure({ digest, size }, () => store.write({ digest, size }, content))
  return { digest, size }
}

async function readDocument(path: string, content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of content) {
    size += part.length
    if (size > maxManifestSize) throw new Error(`${path} is longer than ${maxManifestSize} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
