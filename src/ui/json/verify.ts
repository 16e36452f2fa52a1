import * as z from 'zod'
import { bundleIdentity } from './parts.ts'

export const verifyOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    bundle: bundleIdentity,
    ok: z.boolean(),
    signature: z
      .enum(['none', 'not-checked', 'good'])
      .meta({ description: 'not-checked: the bundle is signed, but no key was given.' }),
    signedBy: z.string().exactOptional().meta({ description: 'The key that made the signature.' }),
    problems: z.array(z.string()).meta({ description: 'All differences from the manifest.' }),
  })
  .meta({ title: 'edgekit verify', description: 'Output of edgekit verify --json.' })

export type VerifyOutput = z.infer<typeof verifyOutput>
