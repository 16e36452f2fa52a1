import { sized, uint16, uint32, varint } from './bytes.ts'
import { type PacketType, packetTypes, type Subscription, type Version } from './packet.ts'
import { type Properties, type PropertyValue, propertyRule } from './properties.ts'

/** Text, or bytes that a correct client would not send, such as invalid UTF-8. */
type Text = string | Uint8Array

/** A packet with any type (0 to 15), flags and body; `length` replaces the true Remaining Length. */
export const frame = (
  type: number,
  flags: number,
  body: readonly Uint8Array[],
  length?: Uint8Array,
): Buffer => {
  const content = Buffer.concat(body)
  return Buffer.concat([Buffer.from([(type << 4) | flags]), length ?? varint(content.length), content])
}

/** The Property Length and the properties, in their order, whether MQTT allows them or not. */
export function encodeProperties(properties: Properties = []): Buffer {
  const content = Buffer.concat(
    properties.flatMap(([name, value]) => [
      varint(propertyRule(name).id),
      encodeValue(propertyRule(name).kind, value),
    ]),
  )
  return Buffer.concat([varint(content.length), content])
}

export function encodeValue(kind: ReturnType<typeof propertyRule>['kind'], value: PropertyValue): Buffer {
  if (typeof value === 'number') {
    if (kind === 'byte') return Buffer.from([value])
    if (kind === 'uint16') return uint16(value)
    return kind === 'uint32' ? uint32(value) : varint(value)
  }
  if (typeof value === 'string' || value instanceof Uint8Array) return sized(value)
  return Buffer.concat(value.map(text => sized(text)))
}

/** Only MQTT 5 has properties. */
const propertiesFor = (version: Version, properties?: Properties): Buffer =>
  version === 5 ? encodeProperties(properties) : Buffer.alloc(0)

interface Will {
  topic: Text
  payload: Text
  qos?: number
  retain?: boolean
  properties?: Properties
}

export interface Connect {
  version: Version
  clientId: Text
  clean: boolean
  keepAliveSeconds?: number
  will?: Will | undefined
  username?: Text | undefined
  password?: Text | undefined
  properties?: Properties | undefined
  protocolName?: Text
  protocolLevel?: number
  /** Replaces the flags that follow from the other fields. */
  connectFlags?: number
}

const connectFlagsOf = ({ clean, will, username, password }: Connect): number =>
  (username === undefined ? 0 : 0x80) |
  (password === undefined ? 0 : 0x40) |
  (will ? 0x04 | ((will.qos ?? 0) << 3) | (will.retain ? 0x20 : 0) : 0) |
  (clean ? 0x02 : 0)

export function connect(options: Connect): Buffer {
  const { version, clientId, will, username, password, properties } = options
  const { protocolName = 'MQTT', protocolLevel = version, keepAliveSeconds = 60 } = options
  return frame(packetTypes.connect, 0, [
    sized(protocolName),
    Buffer.from([protocolLevel, options.connectFlags ?? connectFlagsOf(options)]),
    uint16(keepAliveSeconds),
    propertiesFor(version, properties),
    sized(clientId),
    ...(will ? [propertiesFor(version, will.properties), sized(will.topic), sized(will.payload)] : []),
    ...(username === undefined ? [] : [sized(username)]),
    ...(password === undefined ? [] : [sized(password)]),
  ])
}

export interface Connack {
  sessionPresent?: boolean
  reason?: number
  properties?: Properties
}

export const connack = (version: Version, { sessionPresent, reason = 0, properties }: Connack): Buffer =>
  frame(packetTypes.connack, 0, [
    Buffer.from([sessionPresent ? 1 : 0, reason]),
    propertiesFor(version, properties),
  ])

export interface Publish {
  topic: Text
  payload?: Text
  /** 3 is malformed. */
  qos?: number
  retain?: boolean
  dup?: boolean
  /** Present for QoS 1 and 2. */
  id?: number | undefined
  properties?: Properties
}

export function publish(version: Version, packet: Publish): Buffer {
  const { topic, payload = '', qos = 0, retain = false, dup = false, id, properties } = packet
  return frame(packetTypes.publish, (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0), [
    sized(topic),
    ...(id === undefined ? [] : [uint16(id)]),
    propertiesFor(version, properties),
    Buffer.from(payload),
  ])
}

type Ack = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'

/** Bits that the fixed header of a packet must have (MQTT 5, table 2-2). */
export const requiredFlags = (type: PacketType): number =>
  type === 'pubrel' || type === 'subscribe' || type === 'unsubscribe' ? 2 : 0

/** An acknowledgment of a PUBLISH; without a reason, of the short form that both versions have. */
export const ack = (type: Ack, id: number, reason?: number, properties?: Properties): Buffer =>
  frame(packetTypes[type], requiredFlags(type), [
    uint16(id),
    ...(reason === undefined ? [] : [Buffer.from([reason])]),
    ...(properties ? [encodeProperties(properties)] : []),
  ])

/** Subscription Options (MQTT 5, section 3.8.3.1). */
const optionsOf = ({ qos, noLocal, retainAsPublished, retainHandling = 0 }: Subscription): number =>
  qos | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4)

export const subscribe = (
  version: Version,
  id: number,
  subscriptions: readonly Subscription[],
  properties?: Properties,
): Buffer =>
  frame(packetTypes.subscribe, 2, [
    uint16(id),
    propertiesFor(version, properties),
    ...subscriptions.map(each => Buffer.concat([sized(each.filter), Buffer.from([optionsOf(each)])])),
  ])

export const unsubscribe = (
  version: Version,
  id: number,
  filters: readonly Text[],
  properties?: Properties,
): Buffer =>
  frame(packetTypes.unsubscribe, 2, [
    uint16(id),
    propertiesFor(version, properties),
    ...filters.map(filter => sized(filter)),
  ])

/** SUBACK or UNSUBACK; an UNSUBACK of MQTT 3.1.1 has no reasons. */
export const subscriptionAck = (
  version: Version,
  type: 'suback' | 'unsuback',
  { id, reasons, properties }: { id: number; reasons: readonly number[]; properties?: Properties },
): Buffer =>
  frame(packetTypes[type], 0, [
    uint16(id),
    propertiesFor(version, properties),
    Buffer.from(version === 4 && type === 'unsuback' ? [] : reasons),
  ])

export const pingreq = (): Buffer => frame(packetTypes.pingreq, 0, [])

/** DISCONNECT or AUTH; without a reason, of the short form. */
export const goodbye = (type: 'disconnect' | 'auth', reason?: number, properties?: Properties): Buffer =>
  frame(packetTypes[type], 0, [
    ...(reason === undefined ? [] : [Buffer.from([reason])]),
    ...(properties ? [encodeProperties(properties)] : []),
  ])
