import * as encode from '../../../src/mqtt/encode.ts'
import { connacks, connects, counting, type Row, replacing, toBroker, toClient, without } from './change.ts'

export const connecting: Row[] = [
  ['never has a session', toClient(connacks(() => ({ sessionPresent: false }))), 'session-present'],
  [
    'always has a session',
    toClient(connacks(({ reason: code }) => ({ sessionPresent: code === 0 }))),
    'connect-session-new',
    /^session-absent$/,
  ],
  [
    'has a session in a refusal',
    toClient(packet => [
      packet.type === 'connack' && packet.reason !== 0 ? Buffer.from('20020102', 'hex') : packet.bytes,
    ]),
    'frame-session-present',
    /^connect-empty-client-id-durable$|^frame-length$/,
  ],
  [
    'sends CONNACK twice',
    toClient(({ type, id, bytes }) =>
      type === 'suback' && id === 4711 ? [bytes, Buffer.from('20020000', 'hex')] : [bytes],
    ),
    'frame-connack-first',
    /^frame-length$/,
  ],
  [
    'sets reserved bits in CONNACK',
    toClient(packet => {
      const bytes = Buffer.from(packet.bytes)
      if (packet.type === 'connack') bytes[2] = (bytes[2] ?? 0) | 2
      return [bytes]
    }),
    'frame-connack-flags',
  ],
  [
    'accepts the reserved flag of CONNECT',
    toBroker(packet => {
      const bytes = Buffer.from(packet.bytes)
      if (packet.type === 'connect') bytes[9] = (bytes[9] ?? 0) & 0xfe
      return [bytes]
    }),
    'connect-reserved-flag',
    /^connect-rejected-data$/,
  ],
  [
    'accepts flags in the header of CONNECT',
    toBroker(packet => [
      packet.type === 'connect' ? Buffer.from([0x10, ...packet.bytes.subarray(1)]) : packet.bytes,
    ]),
    'connect-header-flags',
  ],
  [
    'accepts any protocol name',
    toBroker(packet => [Buffer.from(packet.bytes.toString('latin1').replace('MQTX', 'MQTT'), 'latin1')]),
    'connect-protocol-name',
  ],
  [
    'accepts any protocol level',
    toBroker(
      connects(({ connect }) => ({
        protocolLevel: connect?.level === 9 ? connect.version : (connect?.level ?? 4),
      })),
    ),
    'connect-protocol-level',
  ],
  [
    'does not tell an assigned client id',
    toClient(connacks(({ properties }) => ({ properties: without(properties, 'assignedClientId') }))),
    'connect-empty-client-id',
  ],
  [
    'assigns the same client id',
    toClient(
      connacks(({ properties }) => ({
        properties: properties.map(property =>
          property[0] === 'assignedClientId' ? ['assignedClientId', 'same'] : property,
        ),
      })),
    ),
    'connect-empty-client-id',
  ],
  [
    'ignores a second CONNECT',
    counting('toBroker', count => packet => (packet.type === 'connect' && count() > 1 ? [] : [packet.bytes])),
    'connect-second',
  ],
  [
    'does not take a client id over',
    toBroker(
      connects(({ connect }) => ({
        clientId: `${connect?.clientId}${Math.random().toString(36).slice(2, 6)}`,
      })),
    ),
    'connect-take-over',
    /^session-present$|^connect-empty-client-id/,
  ],
  [
    'answers only the first PINGREQ',
    counting(
      'toClient',
      count => packet => (packet.type === 'pingresp' && count() > 1 ? [] : [packet.bytes]),
    ),
    'connect-ping',
  ],
  ['sets flags in PINGRESP', toClient(replacing('pingresp', encode.frame(13, 1, []))), 'frame-flags'],
  [
    'writes lengths with too many bytes',
    toClient(replacing('pingresp', Buffer.from('d08000', 'hex'))),
    'frame-length',
  ],
  [
    'sends packets of clients',
    toClient(packet => (packet.type === 'pingresp' ? [packet.bytes, encode.pingreq()] : [packet.bytes])),
    'frame-direction',
  ],
  ['keeps silent clients', toBroker(connects(() => ({ keepAliveSeconds: 0 }))), 'keep-alive-silent'],
  [
    'drops clients without a keep alive',
    toBroker(connects(({ connect }) => ({ keepAliveSeconds: connect?.keepAliveSeconds === 0 ? 1 : 60 }))),
    'keep-alive-off',
  ],
]
