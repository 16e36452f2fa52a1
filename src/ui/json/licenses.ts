import * as z from 'zod'

export const licensesOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    parts: z.array(
      z.strictObject({
        name: z.string(),
        version: z.string(),
        license: z.string().optional().meta({ description: 'SPDX expression.' }),
        texts: z.array(z.string()).meta({ description: 'Its licenses and notices.' }),
      }),
    ),
  })
  .meta({ title: 'edgekit licenses', description: 'Output of edgekit licenses --json.' })

export type LicensesOutput = z.infer<typeof licensesOutput>
