import type { Mutant, Mutation } from '../../../lab/brokers/mutating-proxy.ts'
import * as encode from '../../../src/mqtt/encode.ts'
import { connects, messages, type Row, toBroker, toClient, without } from './change.ts'

/** Only on connections that resume a session. */
const isReturning = (mutation: Mutation) => (): Mutant => {
  let returning = false
  return {
    toClient(packet, version) {
      if (packet.type === 'connack') returning = packet.sessionPresent === true
      return returning ? mutation(packet, version) : [packet.bytes]
    },
  }
}

export const resending: Row[] = [
  [
    'does not resend PUBREL',
    isReturning(({ type, bytes }) => (type === 'pubrel' ? [] : [bytes])),
    'once-received-cut-after-pubrec',
  ],
  [
    'does not resend PUBLISH',
    isReturning(({ type, qos, bytes }) => (type === 'publish' && qos > 0 ? [] : [bytes])),
    'once-received-cut-after-publish',
    /^once-received-qos-1-cut-after-publish$/,
  ],
  ['resends without DUP', isReturning(messages(() => ({ dup: false }))), 'once-received-cut-after-publish'],
  [
    'resends with another identifier',
    isReturning(messages(({ id = 0 }) => ({ id: id + 100 }))),
    'once-received-qos-1-cut-after-publish',
  ],
  [
    'resends PUBLISH after PUBREL',
    toClient(packet =>
      packet.type === 'pubrel'
        ? [packet.bytes, encode.publish(4, { topic: 'x', qos: 2, id: packet.id, dup: true })]
        : [packet.bytes],
    ),
    'frame-publish-after-pubrel',
    /./,
  ],
  [
    'takes a repeated PUBLISH for a new message',
    toBroker(messages(({ dup, id = 0 }) => (dup ? { qos: 0, dup: false, id } : {}))),
    'once-sent-publish-twice',
  ],
  [
    'ends every session with its connection',
    toBroker(
      connects(({ connect, properties }) => ({
        clean: true,
        properties: without(properties, 'sessionExpiry'),
        keepAliveSeconds: connect?.keepAliveSeconds ?? 60,
      })),
    ),
    'session-present',
    /^session-/,
  ],
  [
    'keeps every session',
    toBroker(
      connects(({ properties }, version) =>
        version === 5
          ? { properties: [...without(properties, 'sessionExpiry'), ['sessionExpiry', 120]] }
          : { clean: false },
      ),
    ),
    'session-clean-ends',
    /^session-expiry-/,
  ],
  [
    'resumes a session in spite of a clean start',
    toBroker(connects(() => ({ clean: false }))),
    'session-discarded',
    /^connect-session-new$|^frame-topic-match$/,
  ],
  [
    'ignores the Session Expiry Interval of DISCONNECT',
    toBroker(packet => [
      packet.type === 'disconnect' && packet.properties.length > 0
        ? encode.goodbye('disconnect')
        : packet.bytes,
    ]),
    'session-expiry-disconnect',
  ],
]
