import * as z from 'zod'

const topic = z.string()
const qos = z.union([z.literal(0), z.literal(1), z.literal(2)])

export const pubOutput = z
  .strictObject({ schemaVersion: z.literal(1), topic, bytes: z.int(), qos, retain: z.boolean() })
  .meta({ title: 'edgekit pub', description: 'Output of edgekit pub --json.' })

export const subOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    messages: z.array(
      z.strictObject({
        topic,
        payload: z.string().meta({ description: 'As UTF-8; other bytes become U+FFFD.' }),
        qos,
        retain: z.boolean(),
      }),
    ),
  })
  .meta({ title: 'edgekit sub', description: 'Output of edgekit sub --json.' })

export type PubOutput = z.infer<typeof pubOutput>
export type SubOutput = z.infer<typeof subOutput>
