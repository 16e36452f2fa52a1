import { randomUUID } from 'node:crypto'
import type { BrokerTest } from '../test.ts'
import { fail, skip } from '../verdict.ts'

const tries = 12

export const eventBus: readonly BrokerTest[] = [
  {
    id: 'event-bus-membership',
    title: 'EventBus of EdgeCore answers through this broker',
    // EdgeCore speaks MQTT 3.1.1 (edge/pkg/eventbus/mqtt, v1.8 to v1.23).
    clauses: { 4: [] },
    async run(context) {
      const { nodeName } = context.parts
      if (nodeName === undefined) throw skip('this is not the broker of a KubeEdge node')
      const client = await context.connect()
      // It only reads, and its answer stays on this node.
      const topic = `$hw/events/node/${nodeName}/membership/get`
      await client.subscribe(`${topic}/result`, { qos: 0 })
      const event = randomUUID()
      for (let count = 0; count < tries; count += 1) {
        await client.publish({ topic, payload: JSON.stringify({ event_id: event }) })
        const isAnswer = ({ payload }: { payload?: Buffer }): boolean => payload?.includes(event) === true
        // EdgeCore loses requests before it has subscribed.
        if (await client.find('publish', isAnswer, 250)) return
      }
      throw fail('EdgeCore did not answer within 3 s; see edgekit doctor mqtt-path')
    },
  },
]
