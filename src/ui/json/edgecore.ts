import * as z from 'zod'
import { configValue, count } from './parts.ts'

const finding = z.strictObject({
  area: z
    .enum(['edgecore', 'broker', 'cloud', 'pods'])
    .meta({ description: 'What it is about, in the order of repair.' }),
  code: z.string().meta({ description: 'Stable name of the cause.' }),
  cause: z.string(),
  line: z.string().meta({ description: 'The log line that proves it.' }),
  remedy: z.string(),
  commands: z.array(z.string()).meta({ description: 'Commands for the remedy, to be run as they are.' }),
  times: count.exactOptional().meta({ description: 'How often the log has it.' }),
})

export const edgecoreExplainOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    state: z
      .enum([
        'exits',
        'crash-loop',
        'unknown',
        'disabled',
        'starting',
        'connecting',
        'up',
        'failing',
        'flapping',
        'hung',
        'internal-only',
      ])
      .meta({
        description:
          'exits: EdgeCore ended by itself. crash-loop: it runs and has not come past the point where it ended before. Otherwise the state of its EventBus.',
      }),
    stopped: z.boolean().meta({ description: 'EdgeCore was stopped from outside.' }),
    findings: z
      .array(finding)
      .meta({ description: 'What is wrong, the worst first. Empty: the log shows no problem.' }),
    code: z.string().exactOptional().meta({ description: 'Stable name of the first cause.' }),
    cause: z.string().exactOptional().meta({ description: 'The first cause.' }),
    remedy: z.string().exactOptional().meta({ description: 'The remedy of the first cause.' }),
    line: z
      .string()
      .exactOptional()
      .meta({ description: 'The log line that proves the first cause, or the state.' }),
    cloud: z.enum(['connected', 'reconnecting', 'silent', 'disabled', 'unknown']),
    registered: z
      .boolean()
      .exactOptional()
      .meta({ description: 'Whether the cloud has registered this node, if the log shows it.' }),
    version: z.string().exactOptional().meta({ description: 'Version of EdgeCore.' }),
    startedAt: z.string().exactOptional(),
    starts: count.meta({ description: 'How often EdgeCore started in this log.' }),
    restartCounter: count.exactOptional().meta({ description: "systemd's own count of restarts." }),
    notes: z.array(z.string()).meta({ description: 'What keeps the log from being read in full.' }),
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
