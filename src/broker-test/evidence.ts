import { decode, type Packet } from '../mqtt/decode.ts'
import { describePacket } from '../mqtt/describe.ts'
import { splitFrames } from '../mqtt/frames.ts'
import type { Version } from '../mqtt/packet.ts'

/** One thing that happened on a connection. */
export interface Event {
  /** Milliseconds since the test began. */
  ms: number
  /** The number of the connection in the test. */
  connection: number
  what: 'sent' | 'received' | 'closed'
  /** Decoded; for a malformed packet, as far as it can be read. */
  text: string
  /** Hexadecimal, at most the first 64 bytes. */
  hex: string
}

/** More than this in one test is a flood, of which the beginning and the end are enough. */
const maxEvents = 60
const lastEvents = 20
const shownBytes = 64

/** What one test sent and received, in the order in which it happened. */
export class Evidence {
  readonly events: Event[] = []
  readonly #started = performance.now()
  /** The password of the client, in hexadecimal. */
  readonly #secret: string

  constructor(password = '') {
    this.#secret = Buffer.from(password).toString('hex')
  }

  /** The events of another connection, as long as there is room. */
  addAll({ events }: Evidence): void {
    if (this.events.length + events.length <= maxEvents) this.events.push(...events)
  }

  add(event: Pick<Event, 'connection' | 'what'>, bytes: Uint8Array, text: string): void {
    if (this.events.length >= maxEvents) this.events.splice(maxEvents - lastEvents, 1)
    const all = Buffer.from(bytes).toString('hex')
    const hex = this.#secret === '' ? all : all.replaceAll(this.#secret, '*'.repeat(this.#secret.length))
    const ms = Math.round(performance.now() - this.#started)
    const shown = hex.length > 2 * shownBytes ? `${hex.slice(0, 2 * shownBytes)}…` : hex
    this.events.push({ ms, ...event, text, hex: shown })
  }
}

/** What a client has sent: one packet, several, or a part of one. */
export function describeSent(bytes: Buffer, version: Version): string {
  const { frames, rest } = splitFrames(bytes)
  const texts = frames.map(frame => describeWithProblems(decode(frame, version), version))
  return [...texts, ...(rest.length > 0 ? [`${rest.length} bytes that are not a packet`] : [])].join('; ')
}

/** A packet in words, and what is wrong with it. */
export function describeWithProblems(packet: Packet, version: Version): string {
  const problems = packet.problems.map(({ text }) => text)
  const text = describePacket(packet, version)
  return problems.length > 0 ? `${text} [${problems.join('; ')}]` : text
}
