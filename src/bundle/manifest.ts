import * as z from 'zod/mini'

const matching = (pattern: RegExp, what: string) => z.string().check(z.regex(pattern, what))
const sha256 = matching(/^[0-9a-f]{64}$/, 'a lowercase SHA-256')
const digest = matching(/^sha256:[0-9a-f]{64}$/, 'a digest (sha256:…)')
/** A path inside the bundle: relative and without `..`, so nothing outside of it is read or written. */
export const memberPattern = /^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[\w./@+-]+$/
const memberPath = matching(memberPattern, 'a path inside the bundle')
const count = z.int().check(z.nonnegative())

// Fields that a newer edgekit adds are ignored; each of these is required.
const manifest = z.object({
  schemaVersion: z.literal(1),
  name: z.string(),
  role: z.enum(['edge', 'cloud']),
  kubeedgeVersion: z.string(),
  arch: z.enum(['amd64', 'arm64']),
  edgekitVersion: z.string(),
  /** Digest of the text of meta/edgekit.lock, from which the bundle can be rebuilt. */
  lockDigest: digest,
  broker: z.object({
    image: z.string(),
    /** Seconds, if the definition sets them. */
    autosaveInterval: z.optional(count),
  }),
  images: z.array(
    z.object({
      reference: z.string(),
      digest,
      archive: memberPath,
      platform: z.string(),
      manifestDigest: digest,
      configDigest: digest,
      layers: z.array(z.object({ digest, size: count, unpackedSize: count })),
      /** Sum over the layers. */
      unpackedSize: count,
    }),
  ),
  /** Bytes that a node needs; docs/bundle-format.md has the formula. */
  disk: count,
  files: z.array(z.object({ path: memberPath, size: count, mode: count, sha256 })),
})

/** `bundle.json`: what a bundle is, every file in it with size and hash, every image with its digests. */
export type Manifest = z.infer<typeof manifest>
export type ManifestImage = Manifest['images'][number]
export type ManifestFile = Manifest['files'][number]
export type Architecture = Manifest['arch']

/** The first member of a bundle, and the one that can follow it. */
export const manifestName = 'bundle.json'
export const signatureName = 'bundle.json.sig'
/** What each of them may have at most, in bytes: they are read before anything is trusted. */
export const headLimits = { [manifestName]: 16 * 1024 * 1024, [signatureName]: 4096 } as const
export const sbomName = 'meta/sbom.cdx.json'

/** Parse a manifest. Throws an Error that names the first wrong field and its value. */
export function parseManifest(text: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error('not valid JSON', { cause: error })
  }
  const result = manifest.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new Error(issue ? describe(issue) : 'not a manifest')
}

function describe(issue: z.core.$ZodIssue): string {
  const found = JSON.stringify(issue.input)?.slice(0, 80) ?? 'nothing'
  return `${z.core.toDotPath(issue.path) || 'all of it'}: expected ${expectedBy(issue)}, found ${found}`
}

function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected
    case 'invalid_value':
      return issue.values.map(String).join(' or ')
    case 'invalid_format':
      return issue.message
    default:
      return 'an integer of at least 0'
  }
}

export const formatManifest = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`
