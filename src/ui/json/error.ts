import * as z from 'zod'
import { checkResult } from '../../doctor/report-schema.ts'
import { type ErrorCode, errorCodes } from '../../lib/error-codes.ts'

export const errorOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    error: z.strictObject({
      code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]).meta({
        description: 'Stable name of the error; docs/errors.md lists all.',
      }),
      message: z.string(),
      remedy: z.string().exactOptional().meta({ description: 'What to do next.' }),
      exitCode: z.int(),
    }),
    findings: z
      .array(checkResult)
      .readonly()
      .exactOptional()
      .meta({ description: 'With code preflight-failed: what the preflight checks found.' }),
  })
  .meta({ title: 'edgekit error', description: 'What a command prints with --json when it fails.' })

export type ErrorOutput = z.infer<typeof errorOutput>
