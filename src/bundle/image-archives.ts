import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ociArchiveMembers } from '../images/archive.ts'
import type { BlobStore } from '../images/blob-store.ts'
import type { PulledImage } from '../images/pull.ts'
import { type TarMember, tarEnd, tarMember } from '../images/tar.ts'
import type { ManifestImage } from './manifest.ts'

/** An image of a bundle, and where its archive lies in there. */
export interface BundleImage {
  reference: string
  archive: string
  pulled: PulledImage
}

/** Write the OCI archive of an image: layers byte for byte as the registry served them. */
export async function archiveMember(
  { archive, pulled }: BundleImage,
  store: BlobStore,
  workDirectory: string,
  signal: AbortSignal,
): Promise<TarMember> {
  const bytes = async function* () {
    for (const member of ociArchiveMembers(pulled, store)) yield* tarMember(member)
    yield tarEnd()
  }
  const file = join(workDirectory, archive.replaceAll('/', '-'))
  await pipeline(Readable.from(bytes()), createWriteStream(file), { signal })
  return { path: archive, mode: 0o644, size: (await stat(file)).size, source: file }
}

/** What the manifest says of an image. */
export const manifestImage = ({ reference, archive, pulled }: BundleImage): ManifestImage => ({
  reference,
  digest: pulled.root.digest,
  archive,
  platform: pulled.platform,
  manifestDigest: pulled.manifest.digest,
  configDigest: pulled.config.digest,
  layers: pulled.layers.map(({ digest, size }) => ({ digest, size })),
})
