import { realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { openRegular, readRegular } from '../../lib/files/regular-file.ts'
import type { BlobStore } from '../cache/blob-store.ts'
import type { Descriptor } from '../descriptor.ts'
import { chooseInLayout } from '../layout-index.ts'
import { maxManifestSize } from '../media-types.ts'
import type { Platform } from '../platform.ts'
import type { Programs } from '../registry/helper-programs.ts'
import type { ContentSource, ServedManifest } from './content-source.ts'
import { manifestOfDockerArchive } from './docker-archive.ts'
import { type ImageArchive, readImageArchive } from './image-archive.ts'
import type { LocalSource } from './source-spec.ts'

interface LocalSourceOptions {
  reference: string
  platform: Platform
  store: BlobStore
  programs: Programs
}

/** An image on this machine, outside the cache. Errors complete `cannot take IMAGE from SOURCE:`. */
export async function localSource(local: LocalSource, options: LocalSourceOptions): Promise<ContentSource> {
  const { store, programs, platform } = options
  if (local.kind === 'oci') return await directorySource(local, options)
  if (local.kind === 'docker-daemon') {
    const reference = local.name ?? options.reference
    const archive = await readImageArchive(programs.output('docker', ['save', reference]), store)
    return storeSource(await topOf(archive, { name: reference, reference, platform }, store), store)
  }
  const archive = await readImageArchive(await open(local.path), store)
  if (local.kind === 'oci-archive' && !archive.documents.has('index.json')) {
    throw new Error(
      'not an OCI archive: it has no index.json; use docker-archive: for the output of docker save',
    )
  }
  return storeSource(await topOf(archive, { ...options, name: local.name }, store), store)
}

/** Since Docker 25, `docker save` writes an OCI layout, whose manifest is used in preference to a created one. */
async function topOf(
  archive: ImageArchive,
  selector: { name: string | undefined; reference: string; platform: Platform },
  store: BlobStore,
): Promise<Descriptor> {
  const index = archive.documents.get('index.json')
  if (index !== undefined) return chooseInLayout(index, selector)
  if (archive.documents.has('manifest.json')) return await manifestOfDockerArchive(archive, selector, store)
  throw new Error('not an image archive: it has neither index.json nor manifest.json')
}

async function open(path: string): Promise<AsyncIterable<Uint8Array>> {
  if ((await stat(path)).isDirectory()) throw new Error('it is a directory; use oci: for directories')
  return contentOf(path)
}

async function contentOf(path: string): Promise<AsyncIterable<Uint8Array>> {
  const { file } = await openRegular(path)
  return file.createReadStream({ highWaterMark: 1 << 20 })
}

async function directorySource(
  { path, name }: { path: string; name: string | undefined },
  { reference, platform, store }: LocalSourceOptions,
): Promise<ContentSource> {
  const root = await realpath(path)
  const index = await readRegular(join(root, 'index.json'), maxManifestSize, { follow: true })
  const top = chooseInLayout(index, { name, reference, platform })
  return storeSource(top, store, async blob => {
    const file = await realpath(join(root, 'blobs', ...blob.digest.split(':'))).catch(() => {
      throw missing(blob)
    })
    if (!file.startsWith(root + sep)) throw new Error(`${blob.digest} is a link that leaves the directory`)
    await store.write(blob, await contentOf(file))
  })
}

const missing = ({ digest }: Descriptor): Error => new Error(`${digest} is missing, but part of the image`)

function storeSource(
  top: Descriptor,
  store: BlobStore,
  fill = async (blob: Descriptor): Promise<void> => {
    throw missing(blob)
  },
): ContentSource {
  const requireBlob = (blob: Descriptor): Promise<void> => store.ensure(blob, () => fill(blob))
  const read = async (entry: Descriptor): Promise<ServedManifest> => {
    if (entry.size > maxManifestSize) throw new Error(`its manifest is longer than ${maxManifestSize} bytes`)
    await requireBlob(entry)
    return { ...entry, bytes: await store.read(entry.digest) }
  }
  return { top: () => read(top), manifest: read, blob: requireBlob }
}
