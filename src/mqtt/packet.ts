/** The MQTT protocol level of CONNECT: 4 is MQTT 3.1.1. */
export type Version = 4 | 5

export const versionNames = { 4: '3.1.1', 5: '5' } as const satisfies Record<Version, string>

/** Packet types (MQTT 5, table 2-1). */
export const packetTypes = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const

export type PacketType = keyof typeof packetTypes
export const typeNames = Object.keys(packetTypes) as PacketType[]

export type Qos = 0 | 1 | 2

export interface Subscription {
  filter: string
  qos: Qos
  noLocal?: boolean
  retainAsPublished?: boolean
  retainHandling?: 0 | 1 | 2
}

/** How a received packet breaks the specification. */
export type Rule =
  | 'fixed-flags'
  | 'length'
  | 'utf8'
  | 'null-character'
  | 'packet-id'
  | 'properties'
  | 'reason'
  | 'qos'
  | 'dup'
  | 'topic'
  | 'connack-flags'
  | 'session-present'

export interface Problem {
  rule: Rule
  text: string
}
