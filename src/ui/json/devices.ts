import * as z from 'zod'
import { count } from './parts.ts'

export const devicesServeOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    received: count.meta({ description: 'Messages from the broker, with those that it delivered again.' }),
    stored: count.meta({ description: 'Messages of known devices that are in the database.' }),
    duplicates: count.meta({ description: 'Messages that the history already had.' }),
    deadLetters: count.meta({ description: 'Messages that did not fit.' }),
    dropped: count.meta({
      description: 'QoS 0 messages that were dropped while the database could not be used.',
    }),
  })
  .meta({
    title: 'edgekit devices serve',
    description: 'Output of edgekit devices serve --json, when it is stopped.',
  })

export type DevicesServeOutput = z.infer<typeof devicesServeOutput>
