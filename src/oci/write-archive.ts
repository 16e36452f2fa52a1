import type { ByteSource } from '../lib/byte-source.ts'
import { type TarMember, tarEnd, tarMember, tarSize } from '../tar/write.ts'
import type { BlobStore } from './cache/blob-store.ts'
import type { Descriptor } from './descriptor.ts'
import { formatReference, parseReference } from './reference.ts'
import type { PulledImage } from './sources/pull.ts'

/**
 * Tar members of an OCI image layout with this one image, which `ctr images import` reads.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 *
 * The index is the registry's own, so that the image keeps its digest on the node, but only the blobs of one platform are
 * included. Import it with `--platform`, never with `--all-platforms`.
 */
function ociArchiveMembers(image: PulledImage, store: BlobStore): TarMember[] {
  const blobs = new Map(
    [image.root, image.manifest, image.config, ...image.layers].map(blob => [blob.digest, blob]),
  )
  return [
    member('oci-layout', { imageLayoutVersion: '1.0.0' }),
    member('index.json', layoutIndex(image)),
    ...[...blobs.values()]
      .sort((a, b) => (a.digest < b.digest ? -1 : 1))
      .map(({ digest, size }) => ({
        path: `blobs/${digest.replace(':', '/')}`,
        mode: 0o644 as const,
        size,
        source: store.path(digest),
      })),
  ]
}

/** That tar (size in bytes) as a file source, assembled from the store whenever it is read. */
export function ociArchive(image: PulledImage, store: BlobStore): { size: number; source: ByteSource[] } {
  const members = ociArchiveMembers(image, store)
  return {
    size: tarSize(members),
    source: [...members.flatMap(member => tarMember(member)), tarEnd()],
  }
}

function member(path: string, content: unknown): TarMember {
  const source = Buffer.from(`${JSON.stringify(content)}\n`)
  return { path, mode: 0o644, size: source.length, source }
}

function layoutIndex(image: PulledImage): unknown {
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: namesOf(image).map(({ full, short }) => ({
      ...image.root,
      annotations: { 'io.containerd.image.name': full, 'org.opencontainers.image.ref.name': short },
    })),
  }
}

/**
 * containerd finds an image only by the names it was imported with, and pods refer to it by tag or by digest. containerd
 * reads the full name from `io.containerd.image.name`; other tools read the tag from `ref.name`.
 */
function namesOf({
  reference,
  root,
}: {
  reference: string
  root: Descriptor
}): { full: string; short: string }[] {
  const { registry, repository, tag } = parseReference(reference)
  const named = (part: { tag: string } | { digest: string }, short: string) => ({
    full: formatReference({ registry, repository, ...part }),
    short,
  })
  const byDigest = named({ digest: root.digest }, root.digest)
  return tag === undefined ? [byDigest] : [named({ tag }, tag), byDigest]
}
