import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { decode, type Packet } from '../mqtt/decode.ts'
import * as encode from '../mqtt/encode.ts'
import { splitFrames } from '../mqtt/frames.ts'
import type { PacketType, Qos, Subscription, Version } from '../mqtt/packet.ts'
import type { Properties } from '../mqtt/properties.ts'
import { describeReason } from '../mqtt/reasons.ts'
import { describeSent, describeWithProblems, type Evidence } from './evidence.ts'
import type { ConnectionLinter } from './lint/linter.ts'
import type { Pulse } from './pulse.ts'
import type { Trace } from './trace.ts'
import { fail, inconclusive } from './verdict.ts'

/** How long an answer may take, and how long a broker may take to close a connection. */
const patienceMs = 3_000

/** A broker that sends more without being asked is not tested further. */
const maxWaiting = 10_000
const maxUnparsed = 8 * 1024 * 1024

export interface ConversationParts {
  version: Version
  connection: number
  evidence: Evidence
  linter: ConnectionLinter
  /** The time in which it waits. */
  pulse: Pulse
  /** Remembers what will be on the broker, before it is. */
  trace: Trace
  /** Added to each SUBACK: how long this broker needs until a subscription takes effect. */
  subscriptionDelayMs: number
}

export type Message = Omit<encode.Publish, 'id' | 'qos'> & { qos?: Qos }

/** One connection to the broker, as raw packets: everything sent and received is kept as evidence and checked. */
export class Conversation {
  readonly version: Version
  /** Received and not yet expected, in their order. */
  readonly waiting: Packet[] = []
  #unparsed: Buffer = Buffer.alloc(0)
  #isClosed = false
  #changed = Promise.withResolvers<void>()
  #lastId = 0
  readonly #socket: Duplex
  readonly #parts: ConversationParts

  constructor(socket: Duplex, parts: ConversationParts) {
    this.#socket = socket
    this.#parts = parts
    this.version = parts.version
    socket.on('data', data => this.#receive(data))
    // A reset is a way to close, too.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#close())
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  /** Send any bytes. */
  async send(...frames: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(frames)
    for (const frame of splitFrames(bytes).frames) {
      const packet = decode(frame, this.version)
      await this.#parts.trace.willSend(packet, this.version)
      this.#parts.linter.sent(packet)
    }
    this.#note('sent', bytes, describeSent(bytes, this.version))
    if (!this.#isClosed) this.#socket.write(bytes)
  }

  /** The next packet of this type, which may already have arrived among others. A time-out or a closed connection fails. */
  async expect(type: PacketType, matches: (packet: Packet) => boolean = () => true): Promise<Packet> {
    const packet = await this.find(type, matches)
    if (packet) return packet
    throw fail(
      this.#isClosed
        ? `the broker closed the connection instead of sending ${type.toUpperCase()}`
        : `no ${type.toUpperCase()} within ${patienceMs / 1000} s`,
    )
  }

  /** The same, or undefined when it does not come within `timeoutMs`, or the connection closes first. */
  async find(
    type: PacketType,
    matches: (packet: Packet) => boolean = () => true,
    timeoutMs = patienceMs,
  ): Promise<Packet | undefined> {
    using end = this.#parts.pulse.deadline(timeoutMs)
    for (;;) {
      const at = this.waiting.findIndex(packet => packet.type === type && matches(packet))
      if (at !== -1) return this.waiting.splice(at, 1)[0]
      if (this.#isClosed || end.signal.aborted) return undefined
      await Promise.race([this.#changed.promise, end.passed])
    }
  }

  /** The answer to a packet with this identifier. */
  answer(type: PacketType, id: number): Promise<Packet> {
    return this.expect(type, packet => packet.id === id)
  }

  /** Whether the broker closes the connection within `timeoutMs`. */
  async closes(timeoutMs = patienceMs): Promise<boolean> {
    using end = this.#parts.pulse.deadline(timeoutMs)
    while (!this.#isClosed && !end.signal.aborted) await Promise.race([this.#changed.promise, end.passed])
    return this.#isClosed
  }

  /** The broker must close the connection. `after`: what it must refuse. */
  async expectClosed(after: string): Promise<void> {
    if (await this.closes()) return
    await this.send(encode.pingreq())
    const isAlive = (await this.find('pingresp', undefined, 1_000)) !== undefined
    throw fail(
      isAlive
        ? `the broker ignored ${after} and kept the connection`
        : `the broker did not close the connection after ${after}`,
    )
  }

  /** Subscribe. Returns the granted QoS of each filter; a broker may refuse any, which then shows nothing. */
  async subscribe(
    subscriptions: string | readonly Subscription[],
    options: { qos?: Qos; properties?: Properties } = {},
  ): Promise<number[]> {
    const { qos = 2, properties } = options
    const list = typeof subscriptions === 'string' ? [{ filter: subscriptions, qos }] : subscriptions
    const id = this.nextId()
    await this.send(encode.subscribe(this.version, id, list, properties))
    const { reasons = [] } = await this.answer('suback', id)
    const refused = reasons.find(reason => reason >= 0x80)
    if (refused !== undefined)
      throw inconclusive(
        `the broker refused a subscription, which it may: ${describeReason(refused, 'suback', this.version)}`,
      )
    if (reasons.length !== list.length)
      throw fail(`SUBACK has ${reasons.length} codes for ${list.length} topic filters`)
    if (this.#parts.subscriptionDelayMs > 0) await sleep(this.#parts.subscriptionDelayMs)
    return reasons
  }

  async unsubscribe(...filters: readonly string[]): Promise<Packet> {
    const id = this.nextId()
    await this.send(encode.unsubscribe(this.version, id, filters))
    return await this.answer('unsuback', id)
  }

  /** Publish, and complete the exchange that the QoS demands. Returns the first acknowledgment. */
  async publish(message: Message): Promise<Packet | undefined> {
    const { qos = 0 } = message
    if (qos === 0) {
      await this.send(encode.publish(this.version, message))
      return undefined
    }
    const id = this.nextId()
    await this.send(encode.publish(this.version, { ...message, id }))
    const first = await this.answer(qos === 1 ? 'puback' : 'pubrec', id)
    if (qos === 2 && (first.reason ?? 0) < 0x80) {
      await this.send(encode.ack('pubrel', id))
      await this.answer('pubcomp', id)
    }
    return first
  }

  /** The next message, acknowledged as its QoS demands. */
  async receive(matches: (packet: Packet) => boolean = () => true): Promise<Packet> {
    const packet = await this.expect('publish', matches)
    await this.acknowledge(packet)
    return packet
  }

  async acknowledge({ qos, id = 0 }: Packet): Promise<void> {
    if (qos === 1) await this.send(encode.ack('puback', id))
    if (qos < 2) return
    await this.send(encode.ack('pubrec', id))
    await this.answer('pubrel', id)
    await this.send(encode.ack('pubcomp', id))
  }

  /** Ask for a PINGRESP: the broker has then handled everything sent before. */
  async ping(): Promise<void> {
    await this.send(encode.pingreq())
    await this.expect('pingresp')
  }

  /** Disconnect as a client should, and wait until the broker has closed the connection, or close it. */
  async disconnect(reason?: number, properties?: Properties): Promise<void> {
    await this.send(encode.goodbye('disconnect', reason, properties))
    await this.closes(500)
    await this.drop()
  }

  /**
   * Close the connection without DISCONNECT, as a lost network does, and wait until the broker has closed it, too: it has
   * then read everything that was sent, and does not find the old connection still open when the client returns.
   */
  async cut(): Promise<void> {
    this.#socket.end()
    await this.closes(1_000)
    await this.drop()
  }

  /** Close the connection at once. What was sent last may be lost, and the broker may notice it later. */
  async drop(): Promise<void> {
    this.#socket.destroy()
    await this.closes()
  }

  /** Wait in the time of the broker, which is longer when this machine is busy. */
  async pause(ms: number): Promise<void> {
    using end = this.#parts.pulse.deadline(ms)
    await end.passed
  }

  #receive(data: Buffer): void {
    const { frames, rest, isBroken } = splitFrames(Buffer.concat([this.#unparsed, data]))
    this.#unparsed = rest
    for (const frame of frames) {
      const packet = decode(frame, this.version)
      this.#parts.linter.received(packet)
      this.#note('received', frame, describeWithProblems(packet, this.version))
      this.waiting.push(packet)
    }
    if (isBroken) {
      this.#note('received', rest, 'bytes that are not MQTT')
      this.#parts.linter.brokenLength(rest)
    }
    if (isBroken || rest.length > maxUnparsed || this.waiting.length > maxWaiting) this.#socket.destroy()
    this.#wake()
  }

  #close(): void {
    if (!this.#isClosed) this.#note('closed', Buffer.alloc(0), 'connection closed')
    this.#isClosed = true
    this.#wake()
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  #note(what: 'sent' | 'received' | 'closed', bytes: Buffer, text: string): void {
    this.#parts.evidence.add({ connection: this.#parts.connection, what }, bytes, text)
  }
}
