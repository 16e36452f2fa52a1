import { count, list, oneOf, record, text } from './shape.ts'

const sha256 = text(/^[0-9a-f]{64}$/, 'a SHA-256 in lower case')
const digest = text(/^sha256:[0-9a-f]{64}$/, 'a digest, sha256:…')
/** A path inside the bundle: relative, without `..`, so that nothing is read or written outside of it. */
export const memberPattern = /^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[\w./@+-]+$/
const memberPath = text(memberPattern, 'a path inside the bundle')

// Fields that a newer edgekit adds are passed over; one of these missing is an error.
const manifest = record({
  schemaVersion: oneOf(1),
  name: text(),
  role: oneOf('edge', 'cloud'),
  kubeedgeVersion: text(),
  arch: oneOf('amd64', 'arm64'),
  edgekitVersion: text(),
  /** Of the text of meta/edgekit.lock, by which the bundle can be built again. */
  lockDigest: digest,
  broker: record({ image: text() }),
  images: list(
    record({
      reference: text(),
      digest,
      archive: memberPath,
      platform: text(),
      manifestDigest: digest,
      configDigest: digest,
      layers: list(record({ digest, size: count, unpackedSize: count })),
      /** Sum over the layers. */
      unpackedSize: count,
    }),
  ),
  /** Bytes that a node needs: docs/bundle-format.md has the formula. */
  disk: count,
  files: list(record({ path: memberPath, size: count, mode: count, sha256 })),
})

/** `bundle.json`: what a bundle is, every file in it with size and hash, every image with its digests. */
export type Manifest = ReturnType<typeof manifest>
export type ManifestImage = Manifest['images'][number]
export type ManifestFile = Manifest['files'][number]
export type Architecture = Manifest['arch']

/** The first member of a bundle, and the one that may follow it. */
export const manifestName = 'bundle.json'
export const signatureName = 'bundle.json.sig'
export const sbomName = 'meta/sbom.cdx.json'

/** Read a manifest. Throws an Error that says what is wrong with it and where. */
export function parseManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error('not valid JSON', { cause: error })
  }
  return manifest(value, '')
}

export const formatManifest = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`
