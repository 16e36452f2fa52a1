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
    running: z
      .strictObject({
        services: z.array(
          z.strictObject({
            name: z.string(),
            state: z.string().meta({ description: 'As systemd names it, such as active.' }),
            since: z.iso.datetime().optional(),
            version: z.string().optional(),
          }),
        ),
        cloud: z.strictObject({
          joined: z.boolean().optional(),
          link: z.string().optional().meta({ description: "As EdgeCore's log shows it, such as connected." }),
        }),
        broker: z.strictObject({
          profile: z.enum(['local', 'devices']),
          listeners: z.array(z.string()),
          users: z.int().optional(),
          certificateDays: z.int().optional().meta({ description: 'Until the server certificate expires.' }),
          caDays: z.int().optional(),
          sessionsWaiting: z
            .int()
            .optional()
            .meta({ description: 'Durable sessions without a connected client.' }),
        }),
      })
      .optional()
      .meta({ description: 'What runs now; absent where nothing is installed, and for a cloud bundle.' }),
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
