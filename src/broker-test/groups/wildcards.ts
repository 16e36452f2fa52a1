import { topicMatches } from '../lint/topic-match.ts'
import { both } from '../refusal.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

interface Row {
  id: string
  filter: string
  topics: readonly string[]
  note?: string
}

/** Which of the topics a filter gets follows from `topicMatches`, whose own tests are the examples of the specification. */
const rows: readonly Row[] = [
  {
    id: 'plus-middle',
    filter: 'sensor/+/temperature',
    topics: [
      'sensor/room1/temperature',
      'sensor/room2/temperature',
      'sensor/room1/room2',
      'sensor/temperature',
    ],
  },
  {
    id: 'hash',
    filter: 'sensor/#',
    topics: ['sensor/a', 'sensor/a/b', 'sensor/a/b/c', 'sensors/a'],
  },
  {
    id: 'plus-hash',
    filter: 'sensor/+/#',
    topics: ['sensor/room1/temperature', 'sensor/room1/humidity/value', 'sensor/temperature', 'sensor'],
    note: 'Some test guides expect that sensor/+/# does not match sensor/temperature. It does: # also matches the level above it (MQTT 5, section 4.7.1.2).',
  },
  { id: 'hash-parent', filter: 'room/#', topics: ['room', 'room/a', 'rooms'] },
  { id: 'plus-last', filter: 'room/+', topics: ['room', 'room/', 'room/a', 'room/a/b'] },
  { id: 'plus-first-level', filter: '+/end', topics: ['a/end', '/end', 'a/b/end'] },
  { id: 'plus-empty', filter: 'a/+/b', topics: ['a//b', 'a/b', 'a/x/b'] },
  { id: 'plus-plus', filter: '+/+', topics: ['/x', 'x/y', 'x', 'x/y/z'] },
  { id: 'none', filter: 'exact/topic', topics: ['exact/topic', 'exact', 'exact/topic/', '/exact/topic'] },
]

const matching = ({ id, filter, topics, note }: Row): BrokerTest => ({
  id: `wildcard-${id}`,
  title: `${filter} gets ${topics.filter(topic => topicMatches(filter, topic)).length} of ${topics.join(', ')}`,
  clauses: filter.includes('#') ? { 4: ['4.7.1-2'], 5: ['4.7.1-1'] } : { 4: ['4.7.1-3'], 5: ['4.7.1-2'] },
  needs: filter === 'exact/topic' ? [] : ['wildcards'],
  ...(note !== undefined && { note }),
  async run(context) {
    const [publisher, subscriber] = [await context.connect(), await context.connect()]
    const prefix = context.topic('w')
    await subscriber.subscribe(`${prefix}/${filter}`, { qos: 0 })
    for (const topic of topics) await publisher.publish({ topic: `${prefix}/${topic}` })
    await context.settle(publisher, subscriber)
    const got = subscriber.waiting.flatMap(({ type, topic }) =>
      type === 'publish' && topic?.startsWith(prefix) ? [topic.slice(prefix.length + 1)] : [],
    )
    const expected = topics.filter(topic => topicMatches(filter, topic))
    if (got.toSorted().join() !== expected.toSorted().join())
      throw fail(`it got ${got.join(', ') || 'none'}, and must get ${expected.join(', ')}`)
  },
})

export const wildcards: readonly BrokerTest[] = [
  ...rows.map(matching),
  {
    id: 'wildcard-literal-unsubscribe',
    title: 'UNSUBSCRIBE compares filters as text',
    clauses: both('3.10.4-1'),
    needs: ['wildcards'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('a/b')
      await subscriber.subscribe(topic, { qos: 0 })
      await subscriber.unsubscribe(context.topic('a/+'))
      await publisher.publish({ topic })
      await subscriber.receive()
      await subscriber.unsubscribe(topic)
      await publisher.publish({ topic })
      await context.expectNoMessage(publisher, subscriber, 'the subscription was removed')
    },
  },
]
