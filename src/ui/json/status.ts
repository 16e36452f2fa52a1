import * as z from 'zod'
import { installedBundle } from './uninstall.ts'

export const statusOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    installed: z
      .strictObject({
        bundle: installedBundle,
        edgekit: z.string().meta({ description: 'Version of the edgekit that installed it.' }),
        installedAt: z.iso.datetime(),
        updatedAt: z.iso.datetime(),
        options: z.record(z.string(), z.unknown()).meta({ description: 'What the user asked for.' }),
      })
      .nullable(),
    interrupted: z
      .strictObject({
        command: z.string(),
        since: z.iso.datetime(),
        runningAs: z.int().optional().meta({ description: 'The process that is still at it.' }),
      })
      .nullable()
      .meta({ description: 'An install or uninstall that is neither finished nor rolled back.' }),
    differences: z
      .array(
        z.strictObject({
          what: z.string().meta({ description: 'A path, unit or image.' }),
          how: z.string(),
        }),
      )
      .meta({ description: 'How the node differs from what was installed.' }),
  })
  .meta({ title: 'edgekit status', description: 'Output of edgekit status --json.' })

export type StatusOutput = z.infer<typeof statusOutput>
