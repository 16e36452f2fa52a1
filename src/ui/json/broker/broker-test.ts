import * as z from 'zod'
import { groups } from '../../../broker-test/test.ts'
import { count, mqttVersion } from '../parts.ts'

const group = z.enum(groups)
const lines = z.array(z.string())
const clauses = lines.meta({ description: 'Statements of the specification, such as MQTT-3.3.1-5.' })

const event = z.strictObject({
  ms: count.meta({ description: 'Milliseconds since the test began.' }),
  connection: count.meta({ description: 'Number of the connection in the test.' }),
  what: z.enum(['sent', 'received', 'closed']),
  text: z.string().meta({ description: 'Decoded, as far as it can be read.' }),
  hex: z.string().meta({ description: 'At most the first 64 bytes.' }),
})

const result = z.strictObject({
  id: z.string(),
  title: z.string(),
  group,
  version: mqttVersion,
  status: z.enum(['pass', 'fail', 'warn', 'skip', 'inconclusive']),
  observed: z.string().meta({ description: 'What was seen, or why the test did not pass.' }),
  clauses,
  note: z.string().optional(),
  ms: count,
  evidence: z.array(event).meta({ description: 'What was sent and received.' }),
})

const run = z
  .string()
  .meta({ description: 'Name of the run: the first level of its topics, the begin of its client ids.' })
const leftovers = lines.meta({ description: 'What could not be removed from the broker.' })

const broker = z.strictObject({
  address: z.string(),
  version: z.string().optional().meta({ description: 'As the broker publishes it below $SYS.' }),
  versions: z.array(mqttVersion).meta({ description: 'Versions of MQTT that it accepts.' }),
  maximumQos: count,
  retain: z.boolean(),
  sharedSubscriptions: z.boolean(),
  maximumPacketSize: count.optional(),
  receiveMaximum: count,
  topicAliasMaximum: count,
  subscriptionDelayMs: count.meta({ description: 'From a SUBACK until messages arrive.' }),
})
const summary = z.strictObject({ pass: count, fail: count, warn: count, skip: count, inconclusive: count })

export const brokerTestOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    edgekit: z.string(),
    at: z.iso.datetime(),
    run,
    broker,
    environment: z.strictObject({ os: z.string(), node: z.string() }),
    durationMs: count,
    summary,
    exitCode: count,
    tests: z.array(result),
    leftovers,
  })
  .meta({ title: 'edgekit broker test', description: 'Output of edgekit broker test --json.' })

const compared = z.strictObject({ run, broker, summary, leftovers })
const seen = result.pick({ status: true, observed: true, evidence: true })

export const brokerTestCompareOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    first: compared,
    second: compared,
    same: count.meta({ description: 'Tests with the same result.' }),
    differences: z.array(
      result
        .pick({ id: true, title: true, group: true, version: true, clauses: true })
        .extend({ first: seen, second: seen }),
    ),
    exitCode: count,
  })
  .meta({
    title: 'edgekit broker test --compare',
    description: 'Output of edgekit broker test URL --compare URL --json.',
  })

const listed = z.strictObject({
  id: z.string(),
  title: z.string(),
  group,
  versions: z.array(mqttVersion),
  needs: lines.meta({ description: 'What the broker must offer; the test is skipped otherwise.' }),
})

export const brokerTestListOutput = z
  .strictObject({ schemaVersion: z.literal(1), tests: z.array(listed) })
  .meta({ title: 'edgekit broker test --list', description: 'Output of edgekit broker test --list --json.' })

export const brokerTestExplainOutput = listed
  .extend({
    schemaVersion: z.literal(1),
    note: z.string().optional(),
    statements: z.array(z.strictObject({ version: mqttVersion, id: z.string() })),
  })
  .meta({
    title: 'edgekit broker test --explain',
    description: 'Output of edgekit broker test --explain ID --json.',
  })

export const brokerTestCleanupOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    run,
    address: z.string(),
    removed: lines,
    leftovers,
  })
  .meta({
    title: 'edgekit broker test --cleanup',
    description: 'Output of edgekit broker test --cleanup RUN --json.',
  })

export type BrokerTestExplainOutput = z.infer<typeof brokerTestExplainOutput>
export type BrokerTestCleanupOutput = z.infer<typeof brokerTestCleanupOutput>
