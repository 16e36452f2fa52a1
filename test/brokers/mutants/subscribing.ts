import * as encode from '../../../src/mqtt/encode.ts'
import {
  answers,
  messages,
  type Row,
  subscriptions,
  toBroker,
  toClient,
  unsubscribes,
  without,
} from './change.ts'

export const subscribing: Row[] = [
  [
    'grants at most QoS 1',
    toClient(answers('suback', ({ reasons = [] }) => ({ reasons: reasons.map(code => Math.min(code, 1)) }))),
    'qos-0-to-2',
    /^qos-2-to-2$/,
  ],
  [
    'answers filters in another order',
    toClient(
      answers('suback', ({ reasons = [] }) => ({
        reasons: reasons.toReversed().map((code, at) => (at === 0 && reasons.length > 1 ? 0 : code)),
      })),
    ),
    'subscribe-several',
  ],
  [
    'answers only the first filter',
    toClient(answers('suback', ({ reasons = [] }) => ({ reasons: reasons.slice(0, 1) }))),
    'subscribe-several',
  ],
  [
    'answers another SUBSCRIBE',
    toClient(answers('suback', ({ id = 0 }) => ({ id: id === 4711 ? 11 : id }))),
    'subscribe-acknowledged',
    /^frame-ack-id$/,
  ],
  [
    'answers SUBSCRIBE with a code of its own',
    toClient(answers('suback', ({ id, reasons = [] }) => ({ reasons: id === 4711 ? [3] : reasons }))),
    'frame-reason',
  ],
  [
    'does not answer UNSUBSCRIBE',
    toClient(answers('unsuback', () => 'drop')),
    'unsubscribe-unknown',
    /^unsubscribe-acknowledged$/,
  ],
  ['does not unsubscribe', toBroker(unsubscribes(filter => `${filter}/never`)), 'unsubscribe-acknowledged'],
  [
    'unsubscribes only the first filter',
    toBroker((packet, version) => [
      packet.type === 'unsubscribe'
        ? encode.unsubscribe(
            version,
            packet.id ?? 0,
            (packet.filters ?? []).map((filter, at) => (at === 0 ? filter : `${filter}/never`)),
          )
        : packet.bytes,
    ]),
    'unsubscribe-several',
  ],
  [
    'answers too few filters of UNSUBSCRIBE',
    toClient(answers('unsuback', ({ reasons = [] }) => ({ reasons: reasons.slice(0, 1) }))),
    'unsubscribe-several',
  ],
  ['ignores No Local', toBroker(subscriptions(() => ({ noLocal: false }))), 'subscribe-no-local'],
  [
    'forgets subscription identifiers',
    toClient(messages(({ properties }) => ({ properties: without(properties, 'subscriptionId') }))),
    'subscribe-identifier',
  ],
  [
    'delivers other subscription identifiers',
    toClient(
      messages(({ properties }) => ({
        properties: properties.map(property =>
          property[0] === 'subscriptionId' ? ['subscriptionId', 77] : property,
        ),
      })),
    ),
    'subscribe-identifier',
  ],
  [
    'delivers one of several subscription identifiers',
    toClient(
      messages(({ properties }) => ({
        properties: properties.filter(([name, value]) => name !== 'subscriptionId' || value !== 22),
      })),
    ),
    'subscribe-identifier-overlap',
  ],
  [
    'keeps the subscription identifier of a replaced subscription',
    toClient(
      messages(({ topic: name = '', properties }) => ({
        properties: name.endsWith('/id') ? [...properties, ['subscriptionId', 5]] : properties,
      })),
    ),
    'subscribe-identifier-removed',
  ],
  [
    'lets + match several levels',
    toBroker(subscriptions(({ filter }) => ({ filter: filter.replace(/\/\+$/, '/#') }))),
    'wildcard-plus-last',
    /^wildcard-plus-|^frame-topic-match$/,
  ],
  [
    'lets # match only below its level',
    toClient(messages(({ topic: name = '' }) => (name.endsWith('/w/room') ? 'drop' : {}))),
    'wildcard-hash-parent',
  ],
  [
    'lets + match $-topics',
    toClient(packet => [
      packet.bytes,
      ...(packet.type === 'publish' && packet.topic?.startsWith('edgekit/')
        ? [encode.publish(4, { topic: `$${packet.topic}` })]
        : []),
    ]),
    'system-topics-hidden',
    /^frame-/,
  ],
  [
    'shares no subscription',
    toBroker(subscriptions(({ filter }) => ({ filter: filter.replace(/^\$share\/[^/]+\//, '') }))),
    'shared-once',
  ],
  [
    'has one group for all',
    toBroker(subscriptions(({ filter }) => ({ filter: filter.replace(/^\$share\/[^/]+\//, '$share/one/') }))),
    'shared-groups',
  ],
  [
    'does not let members leave',
    toBroker(unsubscribes(filter => filter.replace(/^\$share\/[^/]+\//, ''))),
    'shared-unsubscribed',
  ],
]
