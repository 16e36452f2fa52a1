import * as z from 'zod'
import { isDigest } from './digest.ts'

/**
 * A reference to content by digest and size (bytes).
 * https://github.com/opencontainers/image-spec/blob/main/descriptor.md
 */
export interface Descriptor {
  mediaType: string
  digest: string
  size: number
}

export const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: z.string().refine(isDigest, 'is not a sha256 digest'),
  size: z.number().int().nonnegative(),
})
