import { eachArchiveMember } from '../../tar/entries.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { Descriptor } from '../descriptor.ts'
import { isDigest } from '../digest.ts'

type Content = Pick<Descriptor, 'digest' | 'size'>

/** What an archive of images has, its content already in a store. */
export interface ImageArchive {
  /** The small JSON files that say what the rest is: `index.json`, `manifest.json`. */
  documents: Map<string, Buffer>
  /** Every other file, by its path; links are followed. */
  file(path: string): Content | undefined
}

const documentNames = ['index.json', 'manifest.json']
/** As for a manifest in a registry. */
const largestDocument = 4 * 1024 * 1024
/** Old versions of docker write these beside each layer; nobody reads them. */
const isNoise = (path: string): boolean => /^(?:oci-layout|repositories|[^/]+\/(?:VERSION|json))$/.test(path)

/**
 * Read an archive of images in one pass, as it comes. Files that are named by their digest, as the OCI image layout
 * does, must have it.
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
    else if (documentNames.includes(path)) documents.set(path, await whole(path, member.content))
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

async function whole(path: string, content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of content) {
    size += part.length
    if (size > largestDocument) throw new Error(`${path} is longer than ${largestDocument} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
