import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail, inconclusive, skip } from '../verdict.ts'

export const systemTopics: readonly BrokerTest[] = [
  {
    id: 'system-topics-hidden',
    title: 'A wildcard in the first level does not match $-topics',
    clauses: both('4.7.2-1'),
    needs: ['wildcards'],
    async run(context) {
      const [publisher, control, hidden] = [
        await context.connect(),
        await context.connect(),
        await context.connect(),
      ]
      // Only messages of this test can match: a filter of # alone would receive all messages of the broker.
      const rest = context.topic('hidden')
      const topic = `$edgekit/${rest}`
      await control.subscribe(topic, { qos: 0 })
      await hidden.subscribe(`+/${rest}`, { qos: 0 })
      await publisher.publish({ topic })
      if (!(await control.find('publish')))
        throw skip('the broker does not deliver messages on $-topics of clients')
      await publisher.publish({ topic: `edgekit/${rest}` })
      const first = await hidden.expect('publish')
      if (first.topic === topic) throw fail(`+/… received a message on ${topic}`)
      await context.expectNoMessage(publisher, hidden, 'its first level begins with $')
    },
  },
  {
    id: 'system-topics-explicit',
    title: 'A filter that begins with $ matches $-topics',
    clauses: both(),
    needs: ['system-topics', 'wildcards'],
    async run(context) {
      const client = await context.connect()
      await client.subscribe('$SYS/#', { qos: 0 })
      if (!(await client.find('publish'))) throw inconclusive('nothing arrived from $SYS/#')
    },
  },
]
