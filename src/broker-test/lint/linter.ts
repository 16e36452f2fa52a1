import type { Packet } from '../../mqtt/decode.ts'
import type { PacketType, Rule, Version } from '../../mqtt/packet.ts'
import { numberIn, type Properties, textIn } from '../../mqtt/properties.ts'
import { describeWithProblems } from '../evidence.ts'
import { isSized, type LintId, ruleOfProblem, type SizedType } from './lint-rules.ts'
import { topicMatches } from './topic-match.ts'

/** A frame of the broker that breaks a rule. */
export interface LintFinding {
  rule: LintId
  version: Version
  text: string
  /** The frame in hexadecimal, at most its first 64 bytes. */
  hex: string
}

/** Holds every frame that the broker sends, on every connection of a run, against what MQTT demands of a sender. */
export class Linter {
  readonly findings: LintFinding[] = []
  /** How many frames were held against each rule: `4 frame-flags`. */
  readonly #checked = new Map<string, number>()

  connection(version: Version): ConnectionLinter {
    return new ConnectionLinter(this, version)
  }

  checkedFor(rule: LintId, version: Version): number {
    return this.#checked.get(`${version} ${rule}`) ?? 0
  }

  count(rule: LintId, version: Version): void {
    this.#checked.set(`${version} ${rule}`, this.checkedFor(rule, version) + 1)
  }
}

/** Larger limits do not show whether a broker shortens its packets. */
const smallPacket = 64

const serverPackets: ReadonlySet<PacketType> = new Set([
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'suback',
  'unsuback',
  'pingresp',
])

/** For each acknowledgment, the packets of the client that it can answer. */
const answers: Partial<Record<PacketType, PacketType>> = {
  puback: 'publish',
  pubrec: 'publish',
  pubcomp: 'pubrel',
  suback: 'subscribe',
  unsuback: 'unsubscribe',
}

/** What one connection has agreed and exchanged, and what that means for the next frame of the broker. */
export class ConnectionLinter {
  readonly #linter: Linter
  readonly #version: Version
  /** The properties of the CONNECT. */
  #asked: Properties = []
  /** Whether the session is new, so that all of its subscriptions and deliveries are known. */
  #isNewSession = false
  /** The client has sent an unknown protocol: it is open in which version the broker answers. */
  #isForeign = false
  #hasConnack = false
  #isAccepted = false
  #hasDisconnect = false
  readonly #filters = new Set<string>()
  readonly #aliases = new Map<number, string>()
  /** Identifiers that the client has sent, by type of packet. */
  readonly #sentIds = new Map<PacketType, Set<number>>()
  /** Messages of the broker that the client has not acknowledged. */
  readonly #unacknowledged = new Set<number>()
  /** Those of them for which the broker has sent PUBREL. */
  readonly #released = new Set<number>()

  constructor(linter: Linter, version: Version) {
    this.#linter = linter
    this.#version = version
  }

  /** Called with each packet that the client sends. */
  sent({ type, id = 0, properties, connect, filters = [], reason = 0 }: Packet): void {
    if (type === 'connect' && connect) {
      this.#asked = properties
      this.#isNewSession = connect.clean
      this.#isForeign = connect.level !== this.#version || connect.protocolName !== 'MQTT'
    }
    if (type === 'subscribe') for (const filter of filters) this.#filters.add(filter)
    const ids = this.#sentIds.get(type) ?? new Set()
    this.#sentIds.set(type, ids.add(id))
    if (type === 'puback' || type === 'pubcomp' || (type === 'pubrec' && reason >= 0x80)) {
      this.#unacknowledged.delete(id)
      this.#released.delete(id)
    }
  }

  /** Called with each packet of the broker. */
  received(packet: Packet): void {
    if (this.#isForeign) return
    for (const rule of new Set(Object.values(ruleOfProblem)))
      if (concerns(rule, packet)) this.#linter.count(rule, this.#version)
    for (const { rule, text } of packet.problems) this.#report(packet, ruleOfProblem[rule], text)
    this.#order(packet)
    this.#size(packet)
    this.#acknowledgment(packet)
    if (packet.type === 'publish') this.#publish(packet)
    if (packet.type === 'pubrel') this.#released.add(packet.id ?? 0)
    if (this.#version === 5) this.#agreements(packet)
  }

  /** Bytes of which no packet can be read. */
  brokenLength(bytes: Buffer): void {
    this.#add('frame-length', 'a Remaining Length of more than four bytes', bytes)
  }

  #order(packet: Packet): void {
    const { type, properties } = packet
    this.#check(
      packet,
      'frame-connack-first',
      type === 'connack' ? !this.#hasConnack : this.#isAccepted || type === 'auth',
      type === 'connack'
        ? 'a second CONNACK'
        : `${type.toUpperCase()} without a CONNACK that accepts the client`,
    )
    const mayAuthenticate = textIn(this.#asked, 'authMethod') !== undefined
    const isServer =
      serverPackets.has(type) ||
      (this.#version === 5 && (type === 'disconnect' || (type === 'auth' && mayAuthenticate)))
    const surplusMethod =
      type === 'connack' && !mayAuthenticate && textIn(properties, 'authMethod') !== undefined
    this.#check(
      packet,
      'frame-direction',
      isServer && !surplusMethod,
      surplusMethod
        ? 'an Authentication Method that the client did not send'
        : `a server must not send ${type.toUpperCase()} here`,
    )
    if (this.#version === 5 && (this.#hasDisconnect || type === 'disconnect'))
      this.#check(
        packet,
        'frame-after-disconnect',
        !this.#hasDisconnect && numberIn(properties, 'sessionExpiry') === undefined,
        this.#hasDisconnect
          ? 'a packet after DISCONNECT'
          : 'Session Expiry Interval in a DISCONNECT of the broker',
      )
    if (type === 'connack') {
      this.#hasConnack = true
      this.#isAccepted = packet.reason === 0
    }
    if (type === 'disconnect') this.#hasDisconnect = true
  }

  #size(packet: Packet): void {
    const limit = numberIn(this.#asked, 'maximumPacketSize')
    // 0 is not allowed: there is no limit that the broker could respect.
    if (!limit || !isSized(packet.type)) return
    const rule: `frame-size-${SizedType}` = `frame-size-${packet.type}`
    const { length } = packet.bytes
    if (length > limit) this.#report(packet, rule, `${length} bytes, and the client accepts ${limit}`)
    if (limit <= smallPacket) this.#linter.count(rule, this.#version)
  }

  #acknowledgment(packet: Packet): void {
    const { type, id = 0 } = packet
    const question = answers[type]
    if (question === undefined) return
    const isKnown = this.#sentIds.get(question)?.has(id) === true
    this.#check(
      packet,
      'frame-ack-id',
      isKnown,
      `no ${question.toUpperCase()} with identifier ${id} was sent`,
    )
  }

  #publish(packet: Packet): void {
    const { id = 0, qos, dup } = packet
    const topic = this.#topicOf(packet)
    if (this.#isNewSession && topic !== undefined) {
      this.#check(
        packet,
        'frame-topic-match',
        [...this.#filters].some(filter => topicMatches(filter, topic)),
        `no subscription matches ${topic}`,
      )
    }
    if (qos === 0) return
    if (this.#isNewSession && !this.#unacknowledged.has(id))
      this.#check(packet, 'frame-dup-first', !dup, 'DUP in the first delivery')
    // MQTT 3.1.1 does not forbid to resend with DUP while the connection is open.
    const isResent = this.#version === 4 && dup
    this.#check(
      packet,
      'frame-packet-id',
      isResent || !this.#unacknowledged.has(id),
      `identifier ${id} is in use`,
    )
    this.#check(
      packet,
      'frame-publish-after-pubrel',
      !this.#released.has(id),
      `identifier ${id} was released`,
    )
    this.#unacknowledged.add(id)
    const receiveMaximum = numberIn(this.#asked, 'receiveMaximum')
    if (receiveMaximum !== undefined)
      this.#check(
        packet,
        'frame-receive-maximum',
        this.#unacknowledged.size <= receiveMaximum,
        `${this.#unacknowledged.size} unacknowledged messages, and the client accepts ${receiveMaximum}`,
      )
  }

  /** The topic, which an alias can stand for; undefined when the alias is unknown. */
  #topicOf({ topic = '', properties }: Packet): string | undefined {
    const alias = numberIn(properties, 'topicAlias')
    if (alias === undefined) return topic
    if (topic !== '') this.#aliases.set(alias, topic)
    return this.#aliases.get(alias)
  }

  /** What the properties of the CONNECT demand. */
  #agreements(packet: Packet): void {
    const { type, properties } = packet
    if (type === 'publish') {
      const [alias, limit] = [
        numberIn(properties, 'topicAlias'),
        numberIn(this.#asked, 'topicAliasMaximum') ?? 0,
      ]
      const isKnown = packet.topic !== '' || this.#aliases.has(alias ?? 0)
      this.#check(
        packet,
        'frame-alias',
        alias === undefined || (alias <= limit && isKnown),
        `topic alias ${alias}, and the client accepts up to ${limit}`,
      )
    }
    const isTerse = numberIn(this.#asked, 'requestProblemInfo') === 0
    const mayExplain = type === 'publish' || type === 'connack' || type === 'disconnect'
    if (isTerse && !mayExplain)
      this.#check(
        packet,
        'frame-problem-info',
        !properties.some(([name]) => name === 'reasonString' || name === 'userProperty'),
        `${type.toUpperCase()} with a Reason String or User Property`,
      )
    if (type === 'connack' && numberIn(this.#asked, 'requestResponseInfo') !== 1)
      this.#check(
        packet,
        'frame-response-info',
        textIn(properties, 'responseInfo') === undefined,
        'Response Information that the client did not request',
      )
  }

  #check(packet: Packet, rule: LintId, isRight: boolean, text: string): void {
    this.#linter.count(rule, this.#version)
    if (!isRight) this.#report(packet, rule, text)
  }

  #report(packet: Packet, rule: LintId, text: string): void {
    this.#add(
      rule,
      `${text}: ${describeWithProblems({ ...packet, problems: [] }, this.#version)}`,
      packet.bytes,
    )
  }

  #add(rule: LintId, text: string, bytes: Buffer): void {
    const hex = bytes.subarray(0, 64).toString('hex')
    this.#linter.findings.push({ rule, version: this.#version, text, hex })
  }
}

const reasonTypes: ReadonlySet<PacketType> = new Set(['connack', 'puback', 'pubrec', 'suback', 'unsuback'])

/** Whether a packet has what a rule of the decoder is about. */
function concerns(rule: (typeof ruleOfProblem)[Rule], { type, properties, qos }: Packet): boolean {
  if (rule === 'frame-qos' || rule === 'frame-topic' || rule === 'frame-utf8' || rule === 'frame-null')
    return type === 'publish'
  if (rule === 'frame-dup-qos0') return type === 'publish' && qos === 0
  // It is counted where the identifiers are compared.
  if (rule === 'frame-packet-id') return false
  if (rule === 'frame-properties') return properties.length > 0
  if (rule === 'frame-reason') return reasonTypes.has(type)
  if (rule === 'frame-connack-flags' || rule === 'frame-session-present') return type === 'connack'
  return true
}
