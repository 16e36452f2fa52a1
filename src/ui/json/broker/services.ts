import * as z from 'zod'

const service = z.enum(['broker', 'edgecore'])

export const logsOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    lines: z.array(z.strictObject({ service, time: z.iso.datetime(), text: z.string() })),
  })
  .meta({ title: 'edgekit logs', description: 'Output of edgekit logs --json.' })

export const restartOutput = z
  .strictObject({ schemaVersion: z.literal(1), restarted: z.array(service) })
  .meta({ title: 'edgekit restart', description: 'Output of edgekit restart --json.' })

export type LogsOutput = z.infer<typeof logsOutput>
export type RestartOutput = z.infer<typeof restartOutput>
