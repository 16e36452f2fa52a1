import type { Mutant, Mutation } from '../../../lab/brokers/mutating-proxy.ts'
import type { Packet } from '../../../src/mqtt/decode.ts'
import * as encode from '../../../src/mqtt/encode.ts'
import type { PacketType, Version } from '../../../src/mqtt/packet.ts'
import type { Properties, PropertyName } from '../../../src/mqtt/properties.ts'

/** A fault, the test that must find it, and the other tests that may. */
export type Row = [fault: string, mutant: () => Mutant, killer: string, related?: RegExp | undefined]

/** Changes packets of one type, and passes the others. */
const only =
  (type: PacketType, change: Mutation): Mutation =>
  (packet, version) =>
    packet.type === type ? change(packet, version) : [packet.bytes]

type Fields<Packets> = (packet: Packet, version: Version) => Partial<Packets> | 'drop'

/** Each PUBLISH with other fields, or none. */
export const messages = (change: Fields<encode.Publish>): Mutation =>
  only('publish', (packet, version) => {
    const { topic = '', payload = Buffer.alloc(0), qos, retain, dup, id, properties } = packet
    const changed = change(packet, version)
    if (changed === 'drop') return []
    const fields = { topic, payload, qos, retain, dup, id, properties, ...changed }
    return [encode.publish(version, fields.qos === 0 ? { ...fields, id: undefined } : fields)]
  })

/** Each CONNECT with other fields. */
export const connects = (change: Fields<encode.Connect>): Mutation =>
  only('connect', packet => {
    const { connect, properties } = packet
    const changed = connect ? change(packet, connect.version) : {}
    if (!connect || changed === 'drop' || packet.problems.length > 0) return [packet.bytes]
    const { clientId, clean, keepAliveSeconds, will, version, level, username, password } = connect
    const fields = { clientId, clean, keepAliveSeconds, will, version, username, password, properties }
    return [encode.connect({ ...fields, protocolLevel: level, ...changed })]
  })

export const connacks = (change: Fields<encode.Connack>): Mutation =>
  only('connack', (packet, version) => {
    const { sessionPresent = false, reason = 0, properties } = packet
    const changed = change(packet, version)
    return [
      encode.connack(version, { sessionPresent, reason, properties, ...(changed === 'drop' ? {} : changed) }),
    ]
  })

type Subscribe = { subscriptions: NonNullable<Packet['subscriptions']>; properties: Properties }

export const subscribes = (change: Fields<Subscribe>): Mutation =>
  only('subscribe', (packet, version) => {
    const changed = change(packet, version)
    const { subscriptions = [], properties } = { ...packet, ...(changed === 'drop' ? {} : changed) }
    return [encode.subscribe(version, packet.id ?? 0, subscriptions, properties)]
  })

/** Each subscription of a SUBSCRIBE with other fields. */
export const subscriptions = (change: (each: Subscribe['subscriptions'][0]) => object): Mutation =>
  subscribes(({ subscriptions: all = [] }) => ({
    subscriptions: all.map(each => ({ ...each, ...change(each) })),
  }))

export const unsubscribes = (change: (filter: string) => string): Mutation =>
  only('unsubscribe', ({ id = 0, filters = [] }, version) => [
    encode.unsubscribe(version, id, filters.map(change)),
  ])

type SubscriptionAck = Parameters<typeof encode.subscriptionAck>[2]

/** Each SUBACK or UNSUBACK with other fields. */
export const answers = (type: 'suback' | 'unsuback', change: Fields<SubscriptionAck>): Mutation =>
  only(type, (packet, version) => {
    const { id = 0, reasons = [], properties } = packet
    const changed = change(packet, version)
    if (changed === 'drop') return []
    return [encode.subscriptionAck(version, type, { id, reasons, properties, ...changed })]
  })

type AckType = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'

/** Each acknowledgment of this type as other bytes. */
export const acks = (type: AckType, change: (packet: Packet, version: Version) => Buffer[]): Mutation =>
  only(type, change)

export const dropping = (type: PacketType): Mutation => only(type, () => [])
export const replacing = (type: PacketType, ...bytes: Buffer[]): Mutation => only(type, () => bytes)

export const without = (properties: Properties, ...names: readonly PropertyName[]): Properties =>
  properties.filter(([name]) => !names.includes(name))

export const toClient =
  (mutation: Mutation): (() => Mutant) =>
  () => ({ toClient: mutation })
export const toBroker =
  (mutation: Mutation): (() => Mutant) =>
  () => ({ toBroker: mutation })

/** A mutation with a count of its own on each connection, from 1. */
export const counting =
  (direction: 'toBroker' | 'toClient', mutation: (count: () => number) => Mutation): (() => Mutant) =>
  () => {
    let count = 0
    return { [direction]: mutation(() => ++count) }
  }

/** Each PUBLISH with another topic. */
export const topic = (change: (name: string) => string) =>
  messages(({ topic: name = '' }) => ({ topic: change(name) }))
