import * as z from 'zod'
import { exitCodeTables } from '../lib/exit-codes.ts'

/** The schema of reports, printed by `edgekit schema report`. */

const lines = z.array(z.string()).readonly()

const fix = z.union([
  z.strictObject({ kind: z.enum(['start', 'enable', 'unmask']), unit: z.string() }),
  z.strictObject({ kind: z.enum(['reimport-image', 'repin']), image: z.string() }),
  z.strictObject({
    kind: z.enum([
      'register',
      'patch-event-bus',
      'restore-edgecore-config',
      'daemon-reload',
      'clean-stale-container',
      'renew-containerd-uuid',
    ]),
  }),
  z.strictObject({ kind: z.enum(['remove-token', 'make-private']), paths: lines }),
  z.strictObject({ kind: z.literal('restore-own-file'), path: z.string() }),
])

const remedy = z.strictObject({
  text: z.string(),
  commands: lines.exactOptional().meta({ description: 'Commands to run as root, unchanged.' }),
  fix: fix.exactOptional().meta({ description: 'What doctor --fix does.' }),
})

export const checkGroup = z.enum([
  'node',
  'runtime',
  'broker',
  'edgecore',
  'mqtt-path',
  'devices',
  'security',
  'footprint',
  'drift',
])

export const checkResult = z.strictObject({
  id: z.string().meta({ description: 'Stable id of the check.' }),
  title: z.string().meta({ description: 'The healthy state, true when the check passes.' }),
  group: checkGroup,
  docs: z.string().meta({ description: 'The command that shows what the check is about.' }),
  status: z.enum(['pass', 'warn', 'fail', 'skip', 'error']).meta({
    description:
      'pass: healthy. warn: works now, but needs attention. fail: wrong. skip: does not apply, or depends on a failed check (blockedBy). error: could not be checked.',
  }),
  observed: z.string().meta({ description: 'What was seen.' }),
  expected: z.string().exactOptional(),
  evidence: lines.exactOptional().meta({ description: 'Supporting lines from logs and files.' }),
  remedy: remedy.exactOptional(),
  blockedBy: lines.exactOptional().meta({ description: 'The failed checks this one depends on.' }),
  tookMs: z
    .int()
    .nonnegative()
    .exactOptional()
    .meta({ description: 'Milliseconds its facts took to collect; absent when it did not run.' }),
  ignored: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'A failure that only warns because of --ignore or --force.' }),
})

const count = z.int().nonnegative()

const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    edgekit: z.string().meta({ description: 'Version of edgekit that ran the checks.' }),
    node: z
      .strictObject({ hostName: z.string(), os: z.string(), arch: z.string() })
      .exactOptional()
      .meta({ description: 'Absent when it could not be determined.' }),
    kubeedgeVersion: z
      .string()
      .exactOptional()
      .meta({ description: 'Version of the installed bundle; absent when there is none.' }),
    at: z.iso.datetime().meta({ description: 'When the node was checked.' }),
    exitCode: z.union([z.literal(0), z.literal(3), z.literal(4), z.literal(5)]).meta({
      description: `Exit code of doctor: ${Object.values(exitCodeTables.doctor)
        .map(([code, meaning]) => `${code} ${meaning}`)
        .join('; ')}.`,
    }),
    causes: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Ids of failed checks that no other failed check explains.' }),
    checks: z.array(checkResult).readonly(),
    summary: z.strictObject({ pass: count, warn: count, fail: count, skip: count, error: count }),
  })
  .meta({
    title: 'edgekit doctor report',
    description: 'Output of edgekit doctor --output json. Printed by: edgekit schema report',
  })

export type Report = z.infer<typeof reportSchema>

/** JSON Schema (draft 2020-12) of a report. https://json-schema.org/draft/2020-12/schema */
export const reportJsonSchema = (): object => z.toJSONSchema(reportSchema)
