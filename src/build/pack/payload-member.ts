import type { TarMember } from '../../tar/write.ts'

/** A member of a bundle. What takes long to find out about it may be on its way already. */
export interface PayloadMember extends TarMember {
  /** Its bytes are compressed already, so gzip stores them. */
  isStored?: boolean
  sha256?: Promise<string>
  /** Path of a file with its gzip member. */
  packed?: Promise<string>
}
