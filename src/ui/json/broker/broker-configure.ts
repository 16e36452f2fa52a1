import * as z from 'zod'
import { brokerSettings, plan } from '../parts.ts'

const shared = { schemaVersion: z.literal(1), settings: brokerSettings }

export const brokerConfigureOutput = z
  .union([
    z.strictObject({ ...shared, dryRun: z.literal(true), plan }),
    z.strictObject({
      ...shared,
      dryRun: z.literal(false),
      done: z
        .array(z.string())
        .meta({ description: 'The changes in order; empty when there was nothing to do.' }),
    }),
  ])
  .meta({ title: 'edgekit broker configure', description: 'Output of edgekit broker configure --json.' })

export type BrokerConfigureOutput = z.infer<typeof brokerConfigureOutput>
