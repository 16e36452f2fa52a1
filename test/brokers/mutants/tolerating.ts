import * as encode from '../../../src/mqtt/encode.ts'
import type { PacketType } from '../../../src/mqtt/packet.ts'
import { dropping, messages, type Row, toBroker, topic, without } from './change.ts'

/** A packet that must end the connection, made correct on its way. */
const tolerates = (
  fault: string,
  type: PacketType,
  fix: (bytes: Buffer) => Buffer,
  killer: string,
  related?: RegExp,
): Row => [
  `tolerates ${fault}`,
  toBroker(packet => [packet.type === type ? fix(packet.bytes) : packet.bytes]),
  killer,
  related,
]
const withFirst = (first: number) => (bytes: Buffer) => Buffer.from([first, ...bytes.subarray(1)])

export const tolerating: Row[] = [
  [
    'tolerates wildcards in topics',
    toBroker(topic(name => name.replaceAll(/[#+]/g, 'x'))),
    'error-publish-hash',
  ],
  ['tolerates null characters', toBroker(topic(name => name.replaceAll('\0', 'x'))), 'error-publish-null'],
  tolerates(
    'QoS 3',
    'publish',
    bytes => ((bytes[0] ?? 0) >> 1 === 0x1b ? Buffer.from([0x34, ...bytes.subarray(1)]) : bytes),
    'error-publish-qos-3',
  ),
  tolerates('flags of PUBACK', 'puback', withFirst(0x40), 'error-flags-puback'),
  tolerates('flags of PUBREC', 'pubrec', withFirst(0x50), 'error-flags-pubrec'),
  tolerates('flags of PUBREL', 'pubrel', withFirst(0x62), 'error-flags-pubrel'),
  tolerates('flags of PUBCOMP', 'pubcomp', withFirst(0x70), 'error-flags-pubcomp'),
  tolerates('flags of PINGREQ', 'pingreq', withFirst(0xc0), 'error-flags-pingreq'),
  tolerates('flags of SUBSCRIBE', 'subscribe', withFirst(0x82), 'error-subscribe-flags'),
  tolerates('flags of UNSUBSCRIBE', 'unsubscribe', withFirst(0xa2), 'error-unsubscribe-flags'),
  [
    'tolerates reserved subscription options',
    toBroker((packet, version) => [
      packet.type === 'subscribe'
        ? encode.subscribe(
            version,
            packet.id ?? 0,
            (packet.subscriptions ?? []).map(each => ({
              ...each,
              ...(version === 4 && { noLocal: false, retainAsPublished: false, retainHandling: 0 as const }),
            })),
            packet.properties,
          )
        : packet.bytes,
    ]),
    'error-subscribe-reserved',
    /^vectors-subscribe-options$/,
  ],
  [
    'tolerates packets of servers',
    toBroker(dropping('suback')),
    'error-from-client-suback',
    /^vectors-suback-from-client$/,
  ],
  [
    'tolerates unknown aliases',
    toBroker(messages(({ properties }) => ({ properties: without(properties, 'topicAlias') }))),
    'error-alias-too-high',
  ],
]
