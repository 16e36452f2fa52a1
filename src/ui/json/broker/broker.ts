import * as z from 'zod'

export const brokerImageOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    imported: z.boolean().meta({ description: 'false: containerd has the image already.' }),
  })
  .meta({ title: 'edgekit broker image', description: 'Output of edgekit broker image --json.' })

export const brokerWaitOutput = z
  .strictObject({ schemaVersion: z.literal(1), ready: z.literal(true) })
  .meta({ title: 'edgekit broker wait', description: 'Output of edgekit broker wait --json.' })

export type BrokerImageOutput = z.infer<typeof brokerImageOutput>
export type BrokerWaitOutput = z.infer<typeof brokerWaitOutput>
