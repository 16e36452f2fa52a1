import * as encode from '../../../src/mqtt/encode.ts'
import {
  acks,
  counting,
  dropping,
  messages,
  type Row,
  subscribes,
  toBroker,
  toClient,
  topic,
} from './change.ts'

const payload = (change: (bytes: Buffer) => Buffer | string) =>
  messages(({ payload: bytes = Buffer.alloc(0) }) => ({ payload: change(bytes) }))
/** The messages of a test, without those that prove the path to the subscriber. */
const isOwn = (name = ''): boolean => !/\/fence\/|\/path$/.test(name)

export const publishing: Row[] = [
  [
    'lowers topics to small letters',
    toClient(topic(name => name.toLowerCase())),
    'publish-topic-unicode',
    /^publish-topic-|^frame-topic-match$/,
  ],
  [
    'strips U+FEFF',
    toClient(topic(name => name.replaceAll('\ufeff', ''))),
    'publish-topic-bom',
    /^frame-topic-match$/,
  ],
  [
    'composes characters',
    toClient(topic(name => name.normalize('NFC'))),
    'publish-topic-decomposed',
    /^frame-topic-match$/,
  ],
  [
    'collapses empty levels',
    toBroker(topic(name => name.replaceAll(/\/+/g, '/'))),
    'publish-topic-slash-double',
    /^publish-topic-/,
  ],
  [
    'removes spaces',
    toClient(topic(name => name.replaceAll(' ', ''))),
    'publish-topic-space',
    /^frame-topic-match$/,
  ],
  [
    'sends a wildcard in a topic',
    toClient(topic(name => (name.endsWith('/round-trip') ? `${name}/#` : name))),
    'frame-topic',
    /^frame-topic-match$|^publish-round-trip$/,
  ],
  [
    'sends topics that are not UTF-8',
    toClient(
      messages(({ topic: name = '' }) => ({
        topic: name.endsWith('/round-trip') ? Buffer.from([0xff]) : name,
      })),
    ),
    'frame-utf8',
    /^frame-topic-match$|^publish-round-trip$/,
  ],
  [
    'sends null characters',
    toClient(topic(name => (name.endsWith('/round-trip') ? 'a\0' : name))),
    'frame-null',
    /^frame-topic-match$|^publish-round-trip$/,
  ],
  [
    'compares topics without case',
    () => ({
      toBroker: (packet, version) =>
        subscribes(({ subscriptions: all = [] }) => ({
          subscriptions: all.map(each => ({ ...each, filter: each.filter.toLowerCase() })),
        }))(packet, version).flatMap(bytes =>
          packet.type === 'publish' ? topic(name => name.toLowerCase())(packet, version) : [bytes],
        ),
    }),
    'publish-case',
    /^frame-topic-match$|^publish-topic-unicode$/,
  ],
  [
    'reads payloads as text',
    toClient(payload(bytes => bytes.toString())),
    'publish-payload-invalid-utf8',
    /^publish-payload-/,
  ],
  [
    'ends payloads at a null byte',
    toClient(payload(bytes => (bytes.includes(0) ? bytes.subarray(0, bytes.indexOf(0)) : bytes))),
    'publish-payload-null',
    /^publish-payload-|^limit-payload/,
  ],
  [
    'drops empty payloads',
    toClient(
      messages(({ payload: bytes, topic: name = '' }) =>
        bytes?.length === 0 && name.endsWith('/payload') ? 'drop' : {},
      ),
    ),
    'publish-payload-empty',
  ],
  [
    'delivers every message twice',
    toClient(packet =>
      packet.type === 'publish' && isOwn(packet.topic) ? [packet.bytes, packet.bytes] : [packet.bytes],
    ),
    'wildcard-plus-middle',
    /./,
  ],
  [
    'loses every tenth message',
    counting(
      'toClient',
      count => packet => (packet.type === 'publish' && count() % 10 === 0 ? [] : [packet.bytes]),
    ),
    'qos-0-order',
    /^shared-once$/,
  ],
  [
    'swaps messages',
    () => {
      let held: Buffer[] = []
      return {
        toClient(packet) {
          if (packet.type !== 'publish' || !packet.topic?.endsWith('/order')) return [packet.bytes]
          if (held.length === 0 && packet.payload?.toString() === '3') {
            held = [packet.bytes]
            return []
          }
          const behind = held
          held = []
          return [packet.bytes, ...behind]
        },
      }
    },
    'qos-0-order',
    /^qos-\d-order$/,
  ],
  ['delivers QoS 2 as QoS 0', toClient(messages(({ qos }) => ({ qos: qos === 2 ? 0 : qos }))), 'qos-2-to-2'],
  ['delivers QoS 1 as QoS 0', toClient(messages(({ qos }) => ({ qos: qos === 1 ? 0 : qos }))), 'qos-1-to-1'],
  [
    'delivers QoS 1 twice',
    toClient(packet =>
      packet.qos === 1 && packet.type === 'publish' ? [packet.bytes, packet.bytes] : [packet.bytes],
    ),
    'frame-packet-id',
    /^qos-1-to-1$/,
  ],
  [
    'uses Packet Identifier 0',
    toClient(messages(({ qos, id }) => ({ id: qos === 1 ? 0 : id }))),
    'frame-packet-id',
    /^qos-1-to-1$/,
  ],
  [
    'sets DUP in every message',
    toClient(messages(() => ({ dup: true }))),
    'frame-dup-qos0',
    /^frame-dup-first$/,
  ],
  ['sets DUP in a first delivery', toClient(messages(({ qos }) => ({ dup: qos > 0 }))), 'frame-dup-first'],
  [
    'sends QoS 3',
    toClient(packet => [
      packet.type === 'publish' && packet.topic?.endsWith('/round-trip')
        ? Buffer.from([0x36, ...packet.bytes.subarray(1)])
        : packet.bytes,
    ]),
    'frame-qos',
    /^publish-round-trip$|^frame-/,
  ],
  ['does not acknowledge QoS 1', toClient(dropping('puback')), 'qos-1-acknowledged', /^qos-1-to-1$/],
  ['does not acknowledge QoS 2', toClient(dropping('pubrec')), 'qos-2-acknowledged', /^qos-2-to-2$/],
  ['does not complete QoS 2', toClient(dropping('pubcomp')), 'qos-2-acknowledged', /^qos-2-to-2$/],
  ['does not release QoS 2', toClient(dropping('pubrel')), 'qos-2-to-2', /^once-/],
  [
    'acknowledges another message',
    toClient(acks('puback', ({ id = 0 }) => [encode.ack('puback', id + 1)])),
    'frame-ack-id',
    /^qos-1-to-1$/,
  ],
  [
    'sets wrong flags in PUBREL',
    toClient(acks('pubrel', ({ bytes }) => [Buffer.from([0x60, ...bytes.subarray(1)])])),
    'frame-flags',
  ],
  [
    'has codes of its own',
    toClient(
      acks('puback', ({ id = 0, bytes }, version) => [
        version === 5 ? encode.ack('puback', id, 0x04) : bytes,
      ]),
    ),
    'frame-reason',
  ],
]
