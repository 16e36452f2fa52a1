import * as z from 'zod'
import { count, mqttVersion } from '../parts.ts'

const amount = z.number().nonnegative()
const latency = z
  .strictObject({ p50: amount, p90: amount, p99: amount, p999: amount, max: amount })
  .meta({ description: 'Percentiles in milliseconds.' })
const share = amount.meta({ description: 'Share of one processor: 1 is all of it.' })

export const brokerBenchOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    edgekit: z.string(),
    at: z.iso.datetime(),
    run: z.string().meta({ description: 'First level of all topics, beginning of all client ids.' }),
    broker: z.strictObject({
      address: z.string(),
      version: z.string().optional().meta({ description: 'As the broker publishes it below $SYS.' }),
      mqtt: mqttVersion.meta({ description: 'Version of MQTT that the clients used.' }),
      usage: z
        .strictObject({ program: z.string(), cpu: share, memoryBytes: count })
        .optional()
        .meta({ description: 'Its process on this machine; absent when it was not seen.' }),
    }),
    environment: z.strictObject({ os: z.string(), node: z.string(), processors: count }),
    load: z.strictObject({
      publishers: count,
      subscribers: count,
      shared: z.boolean(),
      qos: count,
      size: count.meta({ description: 'Bytes of a payload.' }),
      rate: count.optional().meta({
        description: 'Messages per second of all publishers; absent: as fast as the broker took them.',
      }),
      durationMs: count,
    }),
    connect: z.strictObject({ connections: count, durationMs: count, ms: latency }),
    messages: z.strictObject({
      sent: count,
      unsent: count.meta({ description: 'Due, but not taken by the broker.' }),
      refused: count.meta({ description: 'Acknowledged with an error.' }),
      expected: count.meta({ description: 'What the subscribers should have got.' }),
      received: count.meta({ description: 'Without duplicates.' }),
      lost: count,
      duplicated: count,
      reordered: count.meta({ description: 'Arrived after a later message of the same publisher.' }),
    }),
    disconnected: count.meta({ description: 'Clients that the broker disconnected.' }),
    sentPerSecond: count,
    receivedPerSecond: count,
    latencyMs: latency.optional().meta({
      description: 'From the moment at which a message should have been sent; absent: nothing arrived.',
    }),
    generator: z.strictObject({
      isLimit: z.boolean().meta({ description: 'edgekit, and not the broker, may be what was measured.' }),
      reasons: z.array(z.string()),
      lagP99Ms: amount.meta({ description: 'How late messages were sent that the broker would have taken.' }),
      eventLoopDelayP99Ms: amount,
      cpu: share,
    }),
    timeline: z
      .array(z.strictObject({ ms: count, messages: count, p50Ms: amount, p99Ms: amount, maxMs: amount }))
      .meta({ description: 'Latencies by the time at which the messages should have been sent.' }),
    distribution: z
      .array(z.strictObject({ upToMs: amount, messages: count }))
      .meta({ description: 'Messages by latency, in buckets of 5 %.' }),
    search: z
      .strictObject({
        targetP99Ms: amount,
        maxRate: count.optional().meta({ description: 'Absent when no rate holds the target.' }),
        tries: z.array(
          z.strictObject({
            rate: count,
            p99Ms: amount.optional(),
            lost: count,
            held: z.boolean(),
            generatorWasLimit: z.boolean(),
          }),
        ),
      })
      .optional()
      .meta({ description: 'With --find-max.' }),
    exitCode: count,
  })
  .meta({ title: 'edgekit broker bench', description: 'Output of edgekit broker bench --json.' })
