import * as encode from '../../mqtt/encode.ts'
import { numberIn } from '../../mqtt/properties.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

export const aliases: readonly BrokerTest[] = [
  {
    id: 'alias-used',
    title: 'A topic alias stands for its topic',
    clauses: { 5: ['3.3.2-12'] },
    needs: ['topic-alias'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const alias = context.capabilities.topicAliasMaximum
      const topics = [context.topic('one'), context.topic('two')]
      for (const topic of topics) await subscriber.subscribe(topic, { qos: 0 })
      for (const topic of topics) {
        // The second one replaces the first.
        await publisher.publish({ topic, properties: [['topicAlias', alias]] })
        await publisher.publish({ topic: '', payload: 'alias', properties: [['topicAlias', alias]] })
        for (let count = 0; count < 2; count += 1) {
          const received = await subscriber.receive()
          if (received.topic !== topic)
            throw fail(`a message on ${topic} arrived on ${received.topic || 'no topic'}`)
        }
      }
    },
  },
  {
    id: 'alias-forgotten',
    title: 'A topic alias ends with its connection',
    clauses: { 5: ['3.3.2-7'] },
    needs: ['topic-alias'],
    async run(context) {
      const clientId = context.newClientId()
      const topic = context.topic('alias')
      const first = await context.connectDurable(clientId)
      await first.publish({ topic, properties: [['topicAlias', 1]] })
      await first.publish({ topic: '', properties: [['topicAlias', 1]] })
      await first.ping()
      await first.cut()
      const second = await context.connectDurable(clientId)
      await second.send(encode.publish(5, { topic: '', properties: [['topicAlias', 1]] }))
      await second.expectClosed('an alias of an earlier connection')
    },
  },
  {
    id: 'alias-not-forwarded',
    title: 'The alias of a publisher is not forwarded',
    clauses: { 5: ['3.1.2-27', '3.3.2-11'] },
    needs: ['topic-alias'],
    async run(context) {
      const [publisher, subscriber] = [await context.connect(), await context.connect()]
      const topic = context.topic('alias')
      await subscriber.subscribe(topic, { qos: 0 })
      await publisher.publish({ topic, properties: [['topicAlias', 1]] })
      const received = await subscriber.receive()
      if (numberIn(received.properties, 'topicAlias') !== undefined)
        throw fail('a subscriber that accepts no aliases received one')
    },
  },
  {
    id: 'alias-of-broker',
    title: 'The broker uses only aliases that the client accepts',
    clauses: { 5: ['3.1.2-26', '3.3.2-11'] },
    async run(context) {
      const publisher = await context.connect()
      const subscriber = await context.connect({ properties: [['topicAliasMaximum', 2]] })
      const topics = ['a', 'b', 'c', 'a', 'b', 'c'].map(name => context.topic(`alias/${name}`))
      for (const topic of new Set(topics)) await subscriber.subscribe(topic, { qos: 0 })
      for (const topic of topics) await publisher.publish({ topic })
      for (const topic of topics) {
        // The linter holds each alias against the limit.
        const received = await subscriber.receive()
        if (received.topic !== '' && received.topic !== topic)
          throw fail(`${topic} arrived on ${received.topic}`)
      }
    },
  },
]
