import { stringify } from 'yaml'
import * as z from 'zod'
import { EdgekitError } from '../../lib/errors.ts'
import { digestOf } from '../../oci/digest.ts'
import { listProblems } from '../../yaml/problem-list.ts'
import { locate, problemsOf } from '../../yaml/problems.ts'
import { readYaml } from '../../yaml/source.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lowercase hexadecimal digits')
const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 lowercase hexadecimal digits')
const contentSchema = z.strictObject({ sha256, size: z.number().int().nonnegative() })

export const lockSchema = z.strictObject({
  lockVersion: z.literal(1),
  role: z.enum(['edge', 'cloud']),
  kubeedge: z.string(),
  /** By full reference: the digest of the tag, and of the manifest for each platform. */
  images: z.record(
    z.string(),
    z.strictObject({
      digest,
      platforms: z.strictObject({ 'linux/amd64': digest, 'linux/arm64': digest }).partial(),
    }),
  ),
  /** By URL, or by path relative to the definition. */
  files: z.record(z.string(), contentSchema),
})

/** Every input of a definition, pinned. */
export type Lock = z.infer<typeof lockSchema>
export type LockedImage = Lock['images'][string]
export type LockedContent = z.infer<typeof contentSchema>

const heading = `# What every tag and address of the bundle definition stood for when \`edgekit lock\` looked.
# Do not edit: run \`edgekit lock\` again and look at the difference. Keep it beside the definition, under version control.
`

/** Format a lock. The order of its entries does not matter: the same lock gives the same bytes. */
export function formatLock({ lockVersion, role, kubeedge, images, files }: Lock): string {
  const sorted = {
    lockVersion,
    role,
    kubeedge,
    images: byKey(images, ({ digest, platforms }) => ({ digest, platforms: byKey(platforms, same => same) })),
    files: byKey(files, ({ sha256, size }) => ({ sha256, size })),
  }
  return heading + stringify(sorted, { lineWidth: 0, aliasDuplicateObjects: false })
}

/** The digest of the text of a lock, which identifies it in `bundle.json`. */
export const lockDigest = (lock: Lock): string => digestOf(Buffer.from(formatLock(lock)))

/** Parse a lock. Throws EdgekitError that lists every problem. */
export function parseLock(text: string, file: string): Lock {
  const source = readYaml(text, file)
  if (Array.isArray(source)) throw unreadable(`${file} is invalid${listProblems(source)}`)
  const result = lockSchema.safeParse(source.value)
  if (result.success) return result.data
  const problems = locate(problemsOf(result.error.issues, source.value, lockSchema), [source])
  throw unreadable(`${file} is not a valid lock${listProblems(problems)}`)
}

const unreadable = (message: string): EdgekitError =>
  new EdgekitError(message, {
    code: 'invalid-lock',
    remedy: 'Restore it from version control, or create it again:\n  edgekit lock',
  })

function byKey<T extends object, R>(
  values: T,
  value: (item: NonNullable<T[keyof T]>) => R,
): Record<string, R> {
  const entries = Object.entries(values) as [string, NonNullable<T[keyof T]>][]
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, value(item)]),
  )
}
