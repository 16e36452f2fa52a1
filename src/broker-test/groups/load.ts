import type { BrokerTest } from '../test.ts'
import { fail, warn } from '../verdict.ts'

const connections = 100
const perConnection = 10

export const load: readonly BrokerTest[] = [
  {
    id: 'load-100-connections',
    title: '100 clients exchange 1000 messages, and none is lost',
    clauses: { 4: ['4.3.2-2', '4.5.0-1'], 5: ['4.3.2-4', '4.5.0-1'] },
    needs: ['qos1'],
    async run(context) {
      const topic = context.topic('load')
      const clients = await Promise.all(Array.from({ length: connections }, () => context.connect()))
      const started = performance.now()
      await Promise.all(clients.map((client, index) => client.subscribe(`${topic}/${index}`, { qos: 1 })))
      await Promise.all(
        clients.map(async (client, index) => {
          // Each sends to its neighbor.
          const to = `${topic}/${(index + 1) % connections}`
          for (let count = 0; count < perConnection; count += 1)
            await client.publish({ topic: to, payload: `${count}`, qos: 1 })
        }),
      )
      const lost = await Promise.all(
        clients.map(async client => {
          let received = 0
          while (received < perConnection) {
            const message = await client.find('publish')
            if (!message) break
            await client.acknowledge(message)
            received += 1
          }
          return perConnection - received
        }),
      )
      const seconds = (performance.now() - started) / 1000
      const missing = lost.reduce((sum, count) => sum + count, 0)
      if (missing > 0) throw fail(`${missing} of ${connections * perConnection} messages were lost`)
      if (seconds > 2)
        throw warn(`no message was lost, but it took ${seconds.toFixed(1)} s, and should take 2 s`)
    },
  },
  {
    id: 'load-burst',
    title: 'A burst of 1000 messages of QoS 1 loses none',
    clauses: { 4: ['4.3.2-2', '4.5.0-1'], 5: ['4.3.2-4', '4.5.0-1'] },
    needs: ['qos1'],
    async run(context) {
      const topic = context.topic('burst')
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      await subscriber.subscribe(topic, { qos: 1 })
      const count = 1_000
      const receive = async (): Promise<number> => {
        for (let received = 0; received < count; received += 1) {
          const message = await subscriber.find('publish')
          if (!message) return received
          await subscriber.acknowledge(message)
        }
        return count
      }
      // As many at a time as the broker has announced, and not all at once.
      const window = Math.min(20, context.capabilities.receiveMaximum)
      const send = async (): Promise<void> => {
        for (let first = 0; first < count; first += window)
          await Promise.all(
            Array.from({ length: Math.min(window, count - first) }, (_, index) =>
              publisher.publish({ topic, payload: `${first + index}`, qos: 1 }),
            ),
          )
      }
      const [received] = await Promise.all([receive(), send()])
      if (received < count) throw fail(`${count - received} of ${count} acknowledged messages were lost`)
    },
  },
]
