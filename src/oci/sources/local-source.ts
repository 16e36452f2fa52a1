import { createReadStream } from 'node:fs'
import { readFile, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { BlobStore } from '../cache/blob-store.ts'
import type { Descriptor } from '../descriptor.ts'
import { chooseInLayout } from '../layout-index.ts'
import type { Platform } from '../platform.ts'
import type { Programs } from '../registry/helper-programs.ts'
import type { ContentSource, ServedManifest } from './content-source.ts'
import { manifestOfDockerArchive } from './docker-archive.ts'
import { type ImageArchive, readImageArchive } from './image-archive.ts'
import type { LocalOrigin } from './source-spec.ts'

interface Wanted {
  reference: string
  platform: Platform
  store: BlobStore
  programs: Programs
}

/** An image that is on this machine already, outside of the cache. */
export async function localSource(origin: LocalOrigin, wanted: Wanted): Promise<ContentSource> {
  const { store, programs, platform } = wanted
  if (origin.kind === 'oci') return await directorySource(origin, wanted)
  if (origin.kind === 'docker-daemon') {
    const reference = origin.name ?? wanted.reference
    const archive = await readImageArchive(programs.output('docker', ['save', reference]), store)
    return storeSource(await topOf(archive, { name: reference, reference, platform }, store), store)
  }
  const archive = await readImageArchive(await open(origin.path), store)
  if (origin.kind === 'oci-archive' && !archive.documents.has('index.json')) {
    throw new Error(
      'it has no index.json, so it is no OCI archive; docker-archive: is for what docker save writes',
    )
  }
  return storeSource(await topOf(archive, { ...wanted, name: origin.name }, store), store)
}

/** docker save writes an OCI layout since version 25; it has the manifest the image was pulled with, or a better one than ours. */
async function topOf(
  archive: ImageArchive,
  wanted: { name: string | undefined; reference: string; platform: Platform },
  store: BlobStore,
): Promise<Descriptor> {
  const index = archive.documents.get('index.json')
  if (index !== undefined) return chooseInLayout(index, wanted)
  if (archive.documents.has('manifest.json')) return await manifestOfDockerArchive(archive, wanted, store)
  throw new Error('it has neither index.json nor manifest.json, so it is no archive of images')
}

async function open(path: string): Promise<AsyncIterable<Uint8Array>> {
  if ((await stat(path)).isDirectory()) throw new Error('it is a directory; oci: is for those')
  return createReadStream(path, { highWaterMark: 1 << 20 })
}

async function directorySource(
  { path, name }: { path: string; name: string | undefined },
  { reference, platform, store }: Wanted,
): Promise<ContentSource> {
  const root = await realpath(path)
  const top = chooseInLayout(await readFile(join(root, 'index.json')), { name, reference, platform })
  return storeSource(top, store, async blob => {
    const file = await realpath(join(root, 'blobs', ...blob.digest.split(':')))
    if (!file.startsWith(root + sep)) throw new Error(`${blob.digest} is a link out of the directory`)
    await store.write(blob, createReadStream(file, { highWaterMark: 1 << 20 }))
  })
}

/** The largest manifest that is read. */
const largestManifest = 4 * 1024 * 1024

function storeSource(
  top: Descriptor,
  store: BlobStore,
  fill = async ({ digest }: Descriptor): Promise<void> => {
    throw new Error(`it has no ${digest}, which the image consists of`)
  },
): ContentSource {
  const need = (blob: Descriptor): Promise<void> => store.ensure(blob, () => fill(blob))
  const read = async (entry: Descriptor): Promise<ServedManifest> => {
    if (entry.size > largestManifest) throw new Error(`its manifest is longer than ${largestManifest} bytes`)
    await need(entry)
    return { ...entry, bytes: await store.read(entry.digest) }
  }
  return { top: () => read(top), manifest: read, blob: need }
}
