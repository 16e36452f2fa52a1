import * as z from 'zod'
import { configValue, count } from './parts.ts'

export const edgecoreExplainOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    state: z
      .enum(['exits', 'unknown', 'disabled', 'starting', 'connecting', 'up', 'failing', 'flapping', 'hung'])
      .meta({ description: 'exits: EdgeCore ended by itself. Otherwise the state of its EventBus.' }),
    stopped: z.boolean().meta({ description: 'EdgeCore was stopped from outside.' }),
    code: z.string().exactOptional().meta({ description: 'Stable name of the cause.' }),
    cause: z.string().exactOptional(),
    remedy: z.string().exactOptional(),
    line: z.string().exactOptional().meta({ description: 'The log line that proves it.' }),
    cloud: z.enum(['connected', 'reconnecting', 'disabled', 'unknown']),
    version: z.string().exactOptional().meta({ description: 'Version of EdgeCore.' }),
    startedAt: z.string().exactOptional(),
    starts: count.meta({ description: 'How often EdgeCore started in this log.' }),
    warnings: z.array(
      z.strictObject({
        code: z.string(),
        text: z.string(),
        remedy: z.string(),
        line: z.string(),
        times: count,
      }),
    ),
  })
  .meta({ title: 'edgekit edgecore explain', description: 'Output of edgekit edgecore explain --json.' })

export const edgecorePatchOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    file: z.string(),
    written: z.boolean(),
    changed: z.array(
      z.strictObject({
        path: z.string().meta({ description: 'The key, such as modules.eventBus.mqttMode.' }),
        before: z.unknown().optional().meta({ description: 'Absent when the key was not in the file.' }),
        after: configValue,
      }),
    ),
    diff: z.string().meta({ description: 'Unified diff; empty when nothing changes.' }),
  })
  .meta({ title: 'edgekit edgecore patch', description: 'Output of edgekit edgecore patch --json.' })

export type EdgecorePatchOutput = z.infer<typeof edgecorePatchOutput>
