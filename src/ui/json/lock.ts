import * as z from 'zod'
import { lockSchema } from '../../build/lock/lock.ts'
import { digest } from './parts.ts'

export const lockOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    path: z.string().meta({ description: 'The lock file that was written.' }),
    lockDigest: digest.meta({ description: 'Digest of its text, as in lockDigest of bundle.json.' }),
    lock: lockSchema,
  })
  .meta({ title: 'edgekit lock', description: 'Output of edgekit lock --json.' })

export type LockOutput = z.infer<typeof lockOutput>
