import * as z from 'zod/mini'
import english from 'zod/v4/locales/en.js'

// The small zod, without compiling what is used once: a command that only looks at a bundle waits for both. It has no
// words of its own.
z.config({ ...english(), jitless: true })

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const digest = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/))
/** A path inside the bundle: relative, without `..`, so that nothing is read or written outside of it. */
const memberPath = z.string().check(z.regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[\w./@+-]+$/))

const bytes = z.int().check(z.nonnegative())

// Fields that a newer edgekit adds are passed over; one of these missing is an error.
const manifestSchema = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  role: z.enum(['edge', 'cloud']),
  kubeedgeVersion: z.string(),
  arch: z.enum(['amd64', 'arm64']),
  edgekitVersion: z.string(),
  /** Of the text of meta/edgekit.lock, by which the bundle can be built again. */
  lockDigest: digest,
  broker: z.object({ image: z.string() }),
  images: z.array(
    z.object({
      reference: z.string(),
      digest,
      archive: memberPath,
      platform: z.string(),
      manifestDigest: digest,
      configDigest: digest,
      layers: z.array(z.object({ digest, size: bytes, unpackedSize: bytes })),
      /** Sum over the layers. */
      unpackedSize: bytes,
    }),
  ),
  /** Bytes that a node needs: docs/bundle-format.md has the formula. */
  disk: bytes,
  files: z.array(z.object({ path: memberPath, size: bytes, mode: z.int(), sha256 })),
})

/** `bundle.json`: what a bundle is, every file in it with size and hash, every image with its digests. */
export type Manifest = z.infer<typeof manifestSchema>
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
  const result = manifestSchema.safeParse(value)
  if (!result.success) throw new Error(z.prettifyError(result.error))
  return result.data
}

export const formatManifest = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`
