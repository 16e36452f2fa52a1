import * as z from 'zod'

/** The schema of reports: what `edgekit schema report` prints. Checks and reports are written to be of this shape. */

const lines = z.array(z.string()).readonly()

const fix = z.union([
  z.strictObject({ kind: z.enum(['start', 'enable']), unit: z.string() }),
  z.strictObject({ kind: z.enum(['reimport-image', 'repin']), image: z.string() }),
  z.strictObject({ kind: z.enum(['patch-event-bus', 'daemon-reload', 'clean-stale-container']) }),
  z.strictObject({ kind: z.literal('restore-own-file'), path: z.string() }),
])

const remedy = z.strictObject({
  text: z.string(),
  commands: lines.exactOptional().meta({ description: 'Commands to run as they stand, as root.' }),
  fix: fix.exactOptional().meta({ description: 'What doctor --fix does about it by itself.' }),
})

export const checkGroup = z.enum([
  'node',
  'runtime',
  'broker',
  'edgecore',
  'mqtt-path',
  'security',
  'footprint',
  'drift',
])

export const checkResult = z.strictObject({
  id: z.string().meta({ description: 'Stable name of the check.' }),
  title: z.string().meta({ description: 'A sentence that is true when the check passes.' }),
  group: checkGroup,
  docs: z.string().meta({ description: 'Where the check is explained.' }),
  status: z.enum(['pass', 'warn', 'fail', 'skip', 'error']).meta({
    description:
      'pass: looked, and it is as it should be. warn: works, but will not for ever. fail: looked, and it is wrong. skip: does not apply, or another check failed (blockedBy). error: could not look.',
  }),
  observed: z.string().meta({ description: 'What was seen.' }),
  expected: z.string().exactOptional(),
  evidence: lines.exactOptional().meta({ description: 'Lines that prove it.' }),
  remedy: remedy.exactOptional(),
  blockedBy: lines.exactOptional().meta({ description: 'The checks that this one was skipped for.' }),
  ignored: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'It went wrong, and only warns because of --ignore.' }),
})

const count = z.int().nonnegative()

const reportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    edgekit: z.string().meta({ description: 'Version of edgekit that looked.' }),
    node: z
      .strictObject({ hostName: z.string(), os: z.string(), arch: z.string() })
      .exactOptional()
      .meta({ description: 'Missing when not even that could be found out.' }),
    kubeedgeVersion: z
      .string()
      .exactOptional()
      .meta({ description: 'Of the bundle installed here; missing when there is none.' }),
    at: z.iso.datetime().meta({ description: 'When the node was looked at.' }),
    exitCode: z.union([z.literal(0), z.literal(3), z.literal(4), z.literal(5)]).meta({
      description:
        'What doctor ends with: 0 all is well, 3 something is wrong, 4 warnings and --strict, 5 could not look at something.',
    }),
    causes: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Ids of the failed checks that no other failed check explains.' }),
    checks: z.array(checkResult).readonly(),
    summary: z.strictObject({ pass: count, warn: count, fail: count, skip: count, error: count }),
  })
  .meta({
    title: 'edgekit doctor report',
    description: 'What edgekit doctor says with --output json. Printed by: edgekit schema report',
  })

export type Report = z.infer<typeof reportSchema>

/** JSON Schema (draft 2020-12) of a report. https://json-schema.org/draft/2020-12/schema */
export const reportJsonSchema = (): object => z.toJSONSchema(reportSchema)
