import * as encode from '../../../src/mqtt/encode.ts'
import { connects, dropping, type Row, toBroker } from './change.ts'

export const dying: Row[] = [
  ['publishes the will after DISCONNECT', toBroker(dropping('disconnect')), 'will-discarded'],
  ['has no wills', toBroker(connects(() => ({ will: undefined }))), 'will-qos-0'],
  ...(
    [
      ['publishes wills with QoS 0', { qos: 0 }, 'will-qos-1'],
      ['changes the payload of wills', { payload: 'lost' }, 'will-qos-0'],
      ['does not retain wills', { retain: false }, 'will-retained'],
      ['retains every will', { retain: true }, 'will-not-retained'],
      ['forgets the delay and the properties of wills', { properties: [] }, 'will-delay'],
      ['forgets the properties of wills', { properties: [] }, 'will-properties'],
    ] as const
  ).map(
    ([fault, change, killer]): Row => [
      fault,
      toBroker(connects(({ connect }) => ({ will: connect?.will && { ...connect.will, ...change } }))),
      killer,
    ],
  ),
  [
    'ignores reason 0x04 of DISCONNECT',
    toBroker(packet => [
      packet.type === 'disconnect' && packet.reason === 4 ? encode.goodbye('disconnect') : packet.bytes,
    ]),
    'will-reason-4',
  ],
]
