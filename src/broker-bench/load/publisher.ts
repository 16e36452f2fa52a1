import { publish } from '../../mqtt/encode.ts'
import { packetTypes, type Qos } from '../../mqtt/packet.ts'
import { Acknowledgments } from './acknowledgments.ts'
import type { Client } from './client.ts'
import { now } from './clock.ts'
import { writeStamp } from './stamp.ts'

/** What a publisher needs to know of the phase. */
export interface PublisherPhase {
  number: number
  /** When the message with this number should be sent; undefined: it is sent when the broker takes it. */
  intendedAt: ((publisher: number, message: number) => number) | undefined
}

/** Messages of one write: more do not make it faster. */
const batchBytes = 32_768

/** One connection that publishes. What is due waits here while the broker does not take more. */
export class Publisher {
  /** In this phase. */
  sent = 0
  /** Acknowledged with a reason of 0x80 or above (MQTT 5, section 3.4.2.1). */
  refused = 0
  inFlight = 0
  isConnected = true
  #due = 0
  #phase: PublisherPhase = { number: 0, intendedAt: undefined }
  #isBlocked = false
  #lastId = 0
  readonly #client: Client
  readonly #index: number
  readonly #qos: Qos
  readonly #window: number
  /** One message as it is sent, encoded once. */
  readonly #frame: Buffer
  readonly #idAt: number
  readonly #stampAt: number
  readonly #batch: number
  readonly #releases = new Acknowledgments()

  constructor(
    client: Client,
    {
      index,
      topic,
      qos,
      size,
      window,
    }: { index: number; topic: string; qos: Qos; size: number; window: number },
  ) {
    this.#client = client
    this.#index = index
    this.#qos = qos
    this.#window = qos === 0 ? Number.POSITIVE_INFINITY : window
    this.#frame = publish(client.version, {
      topic,
      qos,
      payload: Buffer.alloc(size, 'edgekit '),
      ...(qos > 0 && { id: 1 }),
    })
    this.#stampAt = this.#frame.length - size
    // Only MQTT 5 has properties; none are one byte.
    this.#idAt = this.#stampAt - (client.version === 5 ? 3 : 2)
    this.#batch = Math.max(1, Math.floor(batchBytes / this.#frame.length))
    client.onPacket = (bytes, start, body, next) => this.#acknowledged(bytes, start, body, next)
    client.onChunk = () => {
      this.#releases.sendTo(client)
      this.flush()
    }
    client.onDrain = () => {
      this.#isBlocked = false
      this.flush()
    }
    client.onClose = () => {
      this.isConnected = false
    }
  }

  /** Messages that are due and not sent. */
  get waiting(): number {
    return this.#due - this.sent
  }

  /** Whether the broker keeps it from sending. */
  get isHeld(): boolean {
    return this.#isBlocked || this.inFlight >= this.#window
  }

  begin(phase: PublisherPhase): void {
    this.#phase = phase
    this.sent = 0
    this.refused = 0
    this.#due = 0
  }

  /** So many more messages are due. */
  add(count: number): void {
    this.#due += count
  }

  /** Nothing more is due than what has been sent. */
  stop(): void {
    this.#due = this.sent
  }

  /** Send what is due, as far as the broker takes it. */
  flush(): void {
    while (this.waiting > 0 && !this.isHeld && this.isConnected)
      this.#send(Math.min(this.waiting, this.#window - this.inFlight, this.#batch))
  }

  #send(count: number): void {
    const length = this.#frame.length
    const bytes = Buffer.allocUnsafe(count * length)
    const { number: phase, intendedAt } = this.#phase
    const sendingAt = now()
    for (let at = 0; at < bytes.length; at += length) {
      bytes.set(this.#frame, at)
      if (this.#qos > 0) {
        // In order, so the one that comes around again was acknowledged long ago.
        this.#lastId = (this.#lastId % 0xffff) + 1
        bytes.writeUInt16BE(this.#lastId, at + this.#idAt)
      }
      writeStamp(bytes, at + this.#stampAt, {
        phase,
        publisher: this.#index,
        number: this.sent,
        intendedAtMs: intendedAt?.(this.#index, this.sent) ?? sendingAt,
      })
      this.sent += 1
    }
    if (this.#qos > 0) this.inFlight += count
    this.#isBlocked = !this.#client.send(bytes)
  }

  #acknowledged(bytes: Buffer, start: number, body: number, next: number): void {
    const type = (bytes[start] ?? 0) >> 4
    const isRefused = next - body > 2 && (bytes[body + 2] ?? 0) >= 0x80
    if (type === packetTypes.pubrec && !isRefused) {
      this.#releases.add('pubrel', bytes.readUInt16BE(body))
      return
    }
    if (type !== packetTypes.puback && type !== packetTypes.pubrec && type !== packetTypes.pubcomp) return
    this.inFlight -= 1
    if (isRefused) this.refused += 1
  }
}
