import { isUtf8 } from 'node:buffer'
import { EndsEarly, Reader } from './bytes.ts'
import { requiredFlags } from './encode.ts'
import {
  type PacketType,
  type Problem,
  packetTypes,
  type Qos,
  type Rule,
  type Subscription,
  typeNames,
  type Version,
} from './packet.ts'
import {
  type Properties,
  type PropertyName,
  type PropertyValue,
  propertyNameOf,
  propertyRule,
} from './properties.ts'
import { isReason } from './reasons.ts'

/** A decoded packet: which fields it has depends on its type. */
export interface Packet {
  type: PacketType
  /** The low bits of the first byte. */
  flags: number
  bytes: Buffer
  /** How it breaks the specification; what was decoded until then is in the other fields. */
  problems: Problem[]
  properties: Properties
  /** Packet Identifier. */
  id?: number
  topic?: string
  payload?: Buffer
  qos: Qos
  retain: boolean
  dup: boolean
  sessionPresent?: boolean
  /** Return code or Reason Code; 0 where MQTT 5 allows to leave it out. */
  reason?: number
  reasons?: number[]
  /** CONNECT only. */
  connect?: ConnectFields
  subscriptions?: Subscription[]
  filters?: string[]
}

interface ConnectFields {
  version: Version
  protocolName: string
  /** The protocol level as it was sent. */
  level: number
  clientId: string
  clean: boolean
  keepAliveSeconds: number
  will?: { topic: string; payload: Buffer; qos: Qos; retain: boolean; properties: Properties }
  username?: string
  password?: Buffer
}

/** Decode one packet, which `splitFrames` has cut out. Never throws: faults are in `problems`. */
export function decode(bytes: Buffer, version: Version): Packet {
  const first = bytes[0] ?? 0
  const type = typeNames.find(name => packetTypes[name] === first >> 4)
  const packet: Packet = {
    type: type ?? 'connect',
    flags: first & 0x0f,
    bytes,
    problems: [],
    properties: [],
    qos: ((first >> 1) & 3) as Qos,
    retain: (first & 1) === 1,
    dup: (first & 8) === 8,
  }
  if (type === undefined) {
    packet.problems.push({ rule: 'fixed-flags', text: 'packet type 0 is reserved' })
    return packet
  }
  const decoder = new Decoder(packet, version)
  decoder.decode()
  return packet
}

/** The text of a payload. */
export const textOf = (payload: Buffer | undefined): string => payload?.toString() ?? ''

class Decoder {
  readonly #packet: Packet
  readonly #version: Version
  readonly #body: Reader

  constructor(packet: Packet, version: Version) {
    const header = new Reader(packet.bytes)
    header.byte()
    const { value, bytes } = header.varint()
    this.#packet = packet
    this.#version = version
    this.#body = header
    if (bytes > 1 && value < 128 ** (bytes - 1))
      this.#problem('length', `Remaining Length ${value} in ${bytes} bytes`)
  }

  decode(): void {
    const { type, flags } = this.#packet
    if (type !== 'publish' && flags !== requiredFlags(type))
      this.#problem('fixed-flags', `flags of ${type.toUpperCase()} are ${flags}, not ${requiredFlags(type)}`)
    try {
      this.#fields(type)
      if (this.#body.left > 0) this.#problem('length', `${this.#body.left} bytes after the last field`)
    } catch (error) {
      if (!(error instanceof EndsEarly)) throw error
      this.#problem('length', `${type.toUpperCase()} ends before its last field`)
    }
  }

  #fields(type: PacketType): void {
    if (type === 'connect') this.#connect()
    else if (type === 'connack') this.#connack()
    else if (type === 'publish') this.#publish()
    else if (type === 'subscribe' || type === 'unsubscribe') this.#request(type)
    else if (type === 'suback' || type === 'unsuback') this.#answers(type)
    else if (type === 'disconnect' || type === 'auth') this.#reason(type)
    else if (type !== 'pingreq' && type !== 'pingresp') {
      this.#id()
      this.#reason(type)
    }
  }

  #connect(): void {
    const body = this.#body
    const protocolName = this.#text('protocol name')
    const level = body.byte()
    const flags = body.byte()
    const version: Version = level === 5 ? 5 : 4
    const keepAliveSeconds = body.uint16()
    const fields: ConnectFields = {
      version,
      protocolName,
      level,
      clientId: '',
      clean: (flags & 2) === 2,
      keepAliveSeconds,
    }
    // Before the rest, which may be cut off or of another version.
    this.#packet.connect = fields
    if (version === 5) this.#packet.properties = this.#properties('connect')
    fields.clientId = this.#text('client id')
    if (flags & 4)
      fields.will = {
        properties: version === 5 ? this.#properties('will') : [],
        topic: this.#text('will topic'),
        payload: body.sized(),
        qos: ((flags >> 3) & 3) as Qos,
        retain: (flags & 0x20) !== 0,
      }
    if (flags & 0x80) fields.username = this.#text('user name')
    if (flags & 0x40) fields.password = body.sized()
  }

  #connack(): void {
    const packet = this.#packet
    const acknowledge = this.#body.byte()
    if (acknowledge > 1)
      this.#problem('connack-flags', `reserved bits in Connect Acknowledge Flags ${acknowledge}`)
    packet.sessionPresent = (acknowledge & 1) === 1
    packet.reason = this.#code('connack')
    if (packet.reason !== 0 && packet.sessionPresent)
      this.#problem('session-present', `Session Present in a refusal (${packet.reason})`)
    if (this.#version === 5) packet.properties = this.#properties('connack')
  }

  #publish(): void {
    const packet = this.#packet
    if (packet.flags >> 1 === 3 || packet.flags >> 1 === 7) this.#problem('qos', 'QoS 3')
    if (packet.qos === 0 && packet.dup) this.#problem('dup', 'DUP with QoS 0')
    packet.topic = this.#text('topic name')
    if (packet.qos > 0) this.#id()
    if (this.#version === 5) packet.properties = this.#properties('publish')
    packet.payload = this.#body.take(this.#body.left)
    const hasAlias = packet.properties.some(([name]) => name === 'topicAlias')
    if (/[+#]/.test(packet.topic)) this.#problem('topic', `wildcard in topic name ${packet.topic}`)
    if (packet.topic === '' && !hasAlias) this.#problem('topic', 'empty topic name')
  }

  #request(type: 'subscribe' | 'unsubscribe'): void {
    this.#id()
    if (this.#version === 5) this.#packet.properties = this.#properties(type)
    const [subscriptions, filters]: [Subscription[], string[]] = [[], []]
    while (this.#body.left > 0) {
      const filter = this.#text('topic filter')
      filters.push(filter)
      if (type === 'unsubscribe') continue
      const options = this.#body.byte()
      subscriptions.push({
        filter,
        qos: (options & 3) as Qos,
        noLocal: (options & 4) !== 0,
        retainAsPublished: (options & 8) !== 0,
        retainHandling: ((options >> 4) & 3) as Qos,
      })
    }
    if (filters.length === 0) this.#problem('length', 'no topic filter')
    Object.assign(this.#packet, type === 'subscribe' ? { subscriptions, filters } : { filters })
  }

  #answers(type: 'suback' | 'unsuback'): void {
    this.#id()
    if (this.#version === 5) this.#packet.properties = this.#properties(type)
    // MQTT 3.1.1's UNSUBACK has no payload (section 3.11.3).
    if (this.#version === 4 && type === 'unsuback') return
    const reasons: number[] = []
    while (this.#body.left > 0) reasons.push(this.#code(type))
    this.#packet.reasons = reasons
  }

  /** MQTT 5 may leave out the reason and the properties; MQTT 3.1.1 has neither. */
  #reason(type: PacketType): void {
    if (this.#version === 4 || this.#body.left === 0) {
      if (this.#version === 5) this.#packet.reason = 0
      return
    }
    this.#packet.reason = this.#code(type)
    if (this.#body.left > 0) this.#packet.properties = this.#properties(type)
  }

  #code(type: PacketType): number {
    const code = this.#body.byte()
    if (!isReason(type, code, this.#version))
      this.#problem('reason', `${type.toUpperCase()} with code 0x${code.toString(16).padStart(2, '0')}`)
    return code
  }

  #id(): void {
    this.#packet.id = this.#body.uint16()
    // An answer to a wrong packet repeats its identifier.
    const isOwn = this.#packet.type === 'publish' || this.#packet.type === 'pubrel'
    if (this.#packet.id === 0 && isOwn) this.#problem('packet-id', 'Packet Identifier 0')
  }

  #text(what: string): string {
    const bytes = this.#body.sized()
    if (!isUtf8(bytes)) this.#problem('utf8', `${what} is not UTF-8`)
    if (bytes.includes(0)) this.#problem('null-character', `${what} contains U+0000`)
    return bytes.toString()
  }

  #properties(place: PacketType | 'will'): Properties {
    const { value: length } = this.#body.varint()
    const end = this.#body.left - length
    if (end < 0) throw new EndsEarly()
    const properties: [PropertyName, PropertyValue][] = []
    while (this.#body.left > end) {
      const { value: id } = this.#body.varint()
      const name = propertyNameOf(id)
      if (name === undefined) {
        this.#problem('properties', `unknown property ${id}`)
        // Its length is unknown, so nothing after it can be read.
        this.#body.take(this.#body.left - end)
        break
      }
      const mayRepeat = propertyRule(name).repeats && !(name === 'subscriptionId' && place === 'subscribe')
      if (properties.some(([other]) => other === name) && !mayRepeat)
        this.#problem('properties', `${name} twice`)
      properties.push([name, this.#value(name, place)])
    }
    if (this.#body.left < end) this.#problem('length', 'the last property ends beyond the Property Length')
    return properties
  }

  #value(name: PropertyName, place: PacketType | 'will'): PropertyValue {
    const { kind, in: places, allows = () => true } = propertyRule(name)
    if (!places.includes(place)) this.#problem('properties', `${name} in ${place.toUpperCase()}`)
    if (kind === 'text') return this.#text(name)
    if (kind === 'pair') return [this.#text(name), this.#text(name)]
    if (kind === 'binary') return this.#body.sized()
    const value = kind === 'varint' ? this.#body.varint().value : this.#body[kind]()
    if (!allows(value)) this.#problem('properties', `${name} ${value}`)
    return value
  }

  #problem(rule: Rule, text: string): void {
    this.#packet.problems.push({ rule, text })
  }
}
