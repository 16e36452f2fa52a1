import { type Properties, type PropertyName, type PropertyValue, valuesIn } from '../../mqtt/properties.ts'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'
import { aliases } from './aliases.ts'
import { expiry } from './expiry.ts'

interface Passed {
  id: string
  what: string
  clauses: string[]
  name: PropertyName
  values: readonly PropertyValue[]
}

const passed: readonly Passed[] = [
  {
    id: 'user-properties',
    what: 'User Properties, in their order',
    clauses: ['3.3.2-17', '3.3.2-18'],
    name: 'userProperty',
    values: [
      ['b', '1'],
      ['a', '2'],
      ['b', '1'],
      ['', ''],
      ['größe', '温度'],
    ],
  },
  {
    id: 'content-type',
    what: 'the Content Type',
    clauses: ['3.3.2-20', '3.3.2-19'],
    name: 'contentType',
    values: ['application/json; charset=utf-8'],
  },
  {
    id: 'response-topic',
    what: 'the Response Topic',
    clauses: ['3.3.2-15', '3.3.2-13'],
    name: 'responseTopic',
    values: ['edgekit/response'],
  },
  {
    id: 'correlation-data',
    what: 'Correlation Data',
    clauses: ['3.3.2-16'],
    name: 'correlationData',
    values: [Buffer.from([0, 255, 1, 128])],
  },
  {
    id: 'payload-format-0',
    what: 'Payload Format Indicator 0',
    clauses: ['3.3.2-4'],
    name: 'payloadFormat',
    values: [0],
  },
  {
    id: 'payload-format-1',
    what: 'Payload Format Indicator 1',
    clauses: ['3.3.2-4'],
    name: 'payloadFormat',
    values: [1],
  },
]

/** Values of one property, comparable. */
const shown = (values: readonly PropertyValue[]): string =>
  values
    .map(value => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)))
    .join('; ')

const isPassedOn = ({ id, what, clauses, name, values }: Passed): BrokerTest[] =>
  (['live', 'retained'] as const).map(
    (how): BrokerTest => ({
      id: `property-${id}${how === 'live' ? '' : '-retained'}`,
      title: `${what} ${values.length > 1 ? 'are' : 'is'} delivered unchanged${how === 'live' ? '' : ' with a retained message'}`,
      clauses: { 5: clauses },
      needs: how === 'live' ? [] : ['retain'],
      async run(context) {
        const [publisher, subscriber] = [await context.connect(), await context.connect()]
        const topic = context.topic('property')
        const properties: Properties = values.map(value => [name, value])
        if (how === 'live') await subscriber.subscribe(topic, { qos: 0 })
        await publisher.publish({ topic, payload: 'text', retain: how === 'retained', properties })
        await publisher.ping()
        if (how === 'retained') await subscriber.subscribe(topic, { qos: 0 })
        const message = await subscriber.receive()
        const found = valuesIn(message.properties, name)
        // Without the indicator a payload is of unspecified bytes, as with 0 (section 3.3.2.3.2).
        if (id === 'payload-format-0' && found.length === 0) return
        if (shown(found) !== shown(values)) throw fail(`${shown(values)} became ${shown(found) || 'nothing'}`)
      },
    }),
  )

export const properties: readonly BrokerTest[] = [
  ...passed.flatMap(isPassedOn),
  ...expiry,
  ...aliases,
  {
    id: 'problem-info-0',
    title: 'Without Request Problem Information no reasons are explained',
    clauses: { 5: ['3.1.2-29'] },
    needs: ['qos2'],
    async run(context) {
      const client = await context.connect({ properties: [['requestProblemInfo', 0]] })
      await client.publish({ topic: context.topic('nobody'), qos: 1 })
      await client.publish({ topic: context.topic('nobody'), qos: 2 })
      await client.subscribe(context.topic('a'), { qos: 0 })
      await client.unsubscribe(context.topic('never'))
      // The linter reads each answer.
      await client.ping()
    },
  },
  {
    id: 'response-info-0',
    title: 'Response Information comes only on request',
    clauses: { 5: ['3.1.2-28'] },
    async run(context) {
      const { connack } = await context.connect({ properties: [['requestResponseInfo', 0]] })
      if (connack.properties.some(([name]) => name === 'responseInfo'))
        throw fail('CONNACK has Response Information')
    },
  },
]
