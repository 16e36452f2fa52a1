import type { PacketType, Version } from './packet.ts'

/** Reason Codes that a server may send in MQTT 5 (tables 3-1 to 3-11 of sections 3.2 to 3.15). */
const version5: Partial<Record<PacketType, readonly number[]>> = {
  connack: [
    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99,
    0x9a, 0x9b, 0x9c, 0x9d, 0x9f,
  ],
  puback: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrec: [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrel: [0x00, 0x92],
  pubcomp: [0x00, 0x92],
  suback: [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
  unsuback: [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
  disconnect: [
    0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96,
    0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
  ],
  auth: [0x00, 0x18, 0x19],
}

/** MQTT 3.1.1, table 3.1 and section 3.9.3. */
const version4: Partial<Record<PacketType, readonly number[]>> = {
  connack: [0, 1, 2, 3, 4, 5],
  suback: [0, 1, 2, 0x80],
}

/** Whether a packet of this type can have this code. */
export const isReason = (type: PacketType, code: number, version: Version): boolean =>
  ((version === 5 ? version5 : version4)[type] ?? []).includes(code)

const names: Readonly<Record<number, string>> = {
  0: 'success',
  16: 'no matching subscribers',
  17: 'no subscription existed',
  24: 'continue authentication',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  139: 'server shutting down',
  140: 'bad authentication method',
  141: 'keep alive timeout',
  142: 'session taken over',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  145: 'packet identifier in use',
  146: 'packet identifier not found',
  147: 'receive maximum exceeded',
  148: 'topic alias invalid',
  149: 'packet too large',
  150: 'message rate too high',
  151: 'quota exceeded',
  152: 'administrative action',
  153: 'payload format invalid',
  154: 'retain not supported',
  155: 'QoS not supported',
  156: 'use another server',
  157: 'server moved',
  158: 'shared subscriptions not supported',
  159: 'connection rate exceeded',
  160: 'maximum connect time',
  161: 'subscription identifiers not supported',
  162: 'wildcard subscriptions not supported',
}

const returnCodes = [
  'accepted',
  'unacceptable protocol version',
  'identifier rejected',
  'server unavailable',
  'bad user name or password',
  'not authorized',
]

/** A code in words, such as `0x8e (session taken over)`. */
export function describeReason(code: number, type: PacketType, version: Version): string {
  const hex = `0x${code.toString(16).padStart(2, '0')}`
  const granted = type === 'suback' && code <= 2
  const name = granted
    ? `QoS ${code} granted`
    : version === 4 && type === 'connack'
      ? returnCodes[code]
      : names[code]
  return name === undefined ? hex : `${hex} (${name})`
}
