import { locateBundle } from './locate.ts'
import type { Manifest } from './manifest.ts'
import type { Head } from './packed-members.ts'
import { readArchive } from './read-packed.ts'
import { checkSignature, type TrustedKey } from './signature.ts'
import { verifyDirectory } from './unpacked-bundle.ts'

export interface Verification {
  manifest: Manifest
  /** `not checked`: it is signed, but no key was given. */
  signature: 'none' | 'not checked' | 'good'
  /** The key that made it, when it is good. */
  signedBy?: string
  /** Everything that is not as the manifest says; empty when the bundle is whole. */
  problems: string[]
}

/**
 * Hold a bundle, packed, in parts or unpacked, against its manifest: every file, nothing missing, nothing more. With
 * keys one of them must have signed it. Throws EdgekitError for what is no bundle, cannot be read to its end, or is
 * not signed by any of the keys.
 */
export async function verifyBundle(path: string, keys: readonly TrustedKey[]): Promise<Verification> {
  const { directory, packed } = locateBundle(path)
  const problems: string[] = []
  let judged: Omit<Verification, 'problems'> | undefined
  const reader = {
    head({ manifest, bytes, signature }: Head): undefined {
      judged = { manifest, ...judge(bytes, signature, keys, path) }
    },
    problem(text: string): void {
      problems.push(text)
    },
  }
  await (directory === undefined ? readArchive(packed, reader) : verifyDirectory(directory, reader))
  return { ...(judged as unknown as Omit<Verification, 'problems'>), problems }
}

function judge(
  bytes: Buffer,
  signature: string | undefined,
  keys: readonly TrustedKey[],
  bundle: string,
): Pick<Verification, 'signature' | 'signedBy'> {
  if (keys.length > 0)
    return { signature: 'good', signedBy: checkSignature(bytes, signature, keys, bundle).name }
  return { signature: signature === undefined ? 'none' : 'not checked' }
}
