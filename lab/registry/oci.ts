import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { readInChunks } from '../../src/lib/byte-source.ts'
import { type TarMember, tarEnd, tarMember } from '../../src/tar/write.ts'

/**
 * Images as directories in OCI image layout.
 * https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */

export interface Descriptor {
  mediaType: string
  digest: string
  size: number
}

export interface Layer extends Descriptor {
  /** Digest of the uncompressed layer. */
  diffId: string
}

export interface PlatformManifest extends Descriptor {
  platform: { os: string; architecture: string; variant?: string }
  annotations?: Record<string, string>
}

const oci = (kind: string): string => `application/vnd.oci.image.${kind}`

export const blobPath = (layout: string, digest: string): string =>
  join(layout, 'blobs', ...digest.split(':'))

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

async function writeBlob(layout: string, mediaType: string, content: unknown): Promise<Descriptor> {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
  const digest = sha256(bytes)
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true })
  await writeFile(blobPath(layout, digest), bytes)
  return { mediaType, digest, size: bytes.length }
}

/** Pack a tar stream as a gzip layer. */
export async function writeLayer(
  layout: string,
  tar: AsyncIterable<Buffer> | Readable,
  { level = 6 } = {},
): Promise<Layer> {
  const unfinished = join(layout, `${randomUUID()}.unfinished`)
  const [unpacked, packed] = [hashing(), hashing()]
  await mkdir(join(layout, 'blobs/sha256'), { recursive: true })
  await pipeline(tar, unpacked.stream, createGzip({ level }), packed.stream, createWriteStream(unfinished))
  const digest = packed.digest()
  await rename(unfinished, blobPath(layout, digest))
  return { mediaType: oci('layer.v1.tar+gzip'), digest, size: packed.size(), diffId: unpacked.digest() }
}

/** A layer of a few regular files. */
export const writeFilesLayer = (layout: string, members: TarMember[]): Promise<Layer> =>
  writeLayer(layout, tarOf(members))

/** A tar of members, as a stream. */
export const tarOf = (members: TarMember[]): AsyncGenerator<Buffer> =>
  readInChunks([...members.flatMap(member => tarMember(member, new Date(0))), tarEnd()], () =>
    Buffer.from(new ArrayBuffer(1 << 18)),
  )

function hashing() {
  const hash = createHash('sha256')
  let size = 0
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  return { stream, size: () => size, digest: () => `sha256:${hash.digest('hex')}` }
}

/** Config and manifest of one platform, `linux/arm64/v8` for example. */
export async function writeManifest(
  layout: string,
  platform: string,
  layers: readonly Layer[],
  config: Record<string, unknown> = {},
): Promise<PlatformManifest> {
  const [os = '', architecture = '', variant] = platform.split('/')
  const parts = { os, architecture, ...(variant !== undefined && { variant }) }
  const configBlob = await writeBlob(layout, oci('config.v1+json'), {
    ...parts,
    created: '1970-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: layers.map(layer => layer.diffId) },
  })
  const manifest = await writeBlob(layout, oci('manifest.v1+json'), {
    schemaVersion: 2,
    mediaType: oci('manifest.v1+json'),
    config: configBlob,
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  })
  return { ...manifest, platform: parts }
}

/** The attestation that BuildKit adds to an index for each image: it looks like an image of an unknown platform. */
export async function writeAttestation(layout: string, subject: Descriptor): Promise<PlatformManifest> {
  const statement = await writeBlob(layout, 'application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: [{ name: '_', digest: { sha256: subject.digest.slice('sha256:'.length) } }],
    predicate: {},
  })
  const layer = { ...statement, diffId: statement.digest }
  return {
    ...(await writeManifest(layout, 'unknown/unknown', [layer])),
    annotations: {
      'vnd.docker.reference.digest': subject.digest,
      'vnd.docker.reference.type': 'attestation-manifest',
    },
  }
}

/** Complete the layout with an index of the manifests, and an `index.json` that points to it. */
export async function writeIndex(layout: string, manifests: readonly PlatformManifest[]): Promise<void> {
  const mediaType = oci('index.v1+json')
  const index = await writeBlob(layout, mediaType, { schemaVersion: 2, mediaType, manifests })
  await writeRoot(layout, index)
}

/** Complete the layout with the target of `index.json`, an index or a single manifest. */
export async function writeRoot(layout: string, { mediaType, digest, size }: Descriptor): Promise<void> {
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  const manifests = [{ mediaType, digest, size }]
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
}

/** The target of `index.json`. */
export async function rootOf(layout: string): Promise<Descriptor> {
  const { manifests } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as {
    manifests: [Descriptor]
  }
  return manifests[0]
}

export const readBlob = (layout: string, digest: string): Promise<Buffer> =>
  readFile(blobPath(layout, digest))
