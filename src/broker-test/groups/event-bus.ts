import { randomUUID } from 'node:crypto'
import type { Packet } from '../../mqtt/decode.ts'
import type { BrokerTest } from '../test.ts'
import { fail, skip } from '../verdict.ts'

/** EdgeCore waits 5 s before it connects again, and loses requests before it has subscribed. */
const patienceMs = 12_000
const resendMs = 250

export const eventBus: readonly BrokerTest[] = [
  {
    id: 'event-bus-membership',
    title: 'EventBus of EdgeCore answers through this broker',
    // EdgeCore speaks MQTT 3.1.1 (edge/pkg/eventbus/mqtt, v1.8 to v1.23).
    clauses: { 4: [] },
    note: 'An answer has passed the broker, EventBus, and DeviceTwin, as those to devices do.',
    waitsMs: patienceMs,
    async run(context) {
      const { nodeName } = context.parts
      if (nodeName === undefined) throw skip('no EdgeCore is running that uses this broker')
      const client = await context.connect()
      // It only reads, and its answer stays on this node.
      const topic = `$hw/events/node/${nodeName}/membership/get`
      await client.subscribe(`${topic}/result`, { qos: 0 })
      const event = randomUUID()
      // Others may ask, too.
      const isAnswer = ({ payload }: Packet): boolean => payload?.includes(event) === true
      const started = performance.now()
      while (performance.now() - started < patienceMs) {
        await client.publish({ topic, payload: JSON.stringify({ event_id: event }) })
        if (await client.find('publish', isAnswer, resendMs)) return
      }
      throw fail(`EdgeCore did not answer within ${patienceMs / 1000} s; see sudo edgekit doctor mqtt-path`)
    },
  },
]
