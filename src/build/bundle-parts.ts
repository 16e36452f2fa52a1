import type { Architecture } from '../bundle/manifest.ts'
import type { PulledImage } from '../oci/sources/pull.ts'
import type { Lock } from './lock/lock.ts'
import type { EagerPacker } from './pack/eager-packer.ts'
import type { PayloadMember } from './pack/payload-member.ts'

/** What has been fetched for the bundle of one architecture. */
export interface BundleParts {
  arch: Architecture
  lock: Lock
  /** edgekit for this architecture. */
  executable: PayloadMember
  packer: EagerPacker
  /** Returns an image whose blobs are all in the store. */
  imageOf: (reference: string) => PulledImage
  /** Directory for temporary files, on the file system of the output. */
  workDirectory: string
}
