import type { RecordableHistogram } from 'node:perf_hooks'
import { packetTypes } from '../../mqtt/packet.ts'
import { Acknowledgments } from './acknowledgments.ts'
import type { Client } from './client.ts'
import { now } from './clock.ts'
import { addTo, type LatencyGrid, newGrid, newHistogram, record } from './latencies.ts'
import { readStamp } from './stamp.ts'

/** What arrived in one phase, at one subscriber or at all of a thread. */
export class Arrivals {
  /** Each message once. */
  received = 0
  duplicated = 0
  /** A message after a later one of the same publisher. */
  reordered = 0
  /** On the clock of this machine. */
  lastArrivalMs = 0
  readonly histogram: RecordableHistogram = newHistogram()
  readonly grid: LatencyGrid
  readonly phase: number
  readonly startMs: number

  constructor(phase: number, startMs: number, durationMs: number) {
    this.phase = phase
    this.startMs = startMs
    this.grid = newGrid(durationMs)
  }
}

/** Which messages of a phase arrived: a bit for each, so that the counts are exact. */
export class Seen {
  #bits = new Uint32Array(1024)

  /** Returns whether the message is new. */
  add(message: number): boolean {
    const word = message >>> 5
    if (word >= this.#bits.length) {
      const bits = new Uint32Array(Math.max(word + 1, this.#bits.length * 2))
      bits.set(this.#bits)
      this.#bits = bits
    }
    const before = this.#bits[word] ?? 0
    const bit = 1 << (message & 31)
    this.#bits[word] = before | bit
    return (before & bit) === 0
  }
}

/** One connection that subscribes. */
export class Subscriber {
  isConnected = true
  #arrivals: Arrivals | undefined
  #seen = new Seen()
  /** The highest number of each publisher. */
  readonly #last: Int32Array
  readonly #publishers: number
  readonly #answers = new Acknowledgments()

  constructor(client: Client, publishers: number) {
    this.#publishers = publishers
    this.#last = new Int32Array(publishers)
    let arrivedAt: number | undefined
    client.onPacket = (bytes, start, body, next) => {
      // One reading of the clock for all that arrived together.
      arrivedAt ??= now()
      this.#receive(bytes, start, body, next, arrivedAt, client.version === 5)
    }
    client.onChunk = () => {
      arrivedAt = undefined
      this.#answers.sendTo(client)
    }
    client.onClose = () => {
      this.isConnected = false
    }
  }

  /** Count what belongs to a new phase; `seen` is common to those who share messages. */
  begin(arrivals: Arrivals, seen: Seen): void {
    this.#arrivals = arrivals
    this.#seen = seen
    this.#last.fill(-1)
  }

  #receive(bytes: Buffer, start: number, body: number, next: number, at: number, has5: boolean): void {
    const first = bytes[start] ?? 0
    const type = first >> 4
    if (type === packetTypes.pubrel) this.#answers.add('pubcomp', bytes.readUInt16BE(body))
    if (type !== packetTypes.publish) return
    const qos = (first >> 1) & 3
    let payload = body + 2 + bytes.readUInt16BE(body)
    if (qos > 0) {
      this.#answers.add(qos === 1 ? 'puback' : 'pubrec', bytes.readUInt16BE(payload))
      payload += 2
    }
    // The length of the properties: those of a load test fit into one byte.
    if (has5) payload += 1 + (bytes[payload] ?? 0)
    this.#count(readStamp(bytes, payload, next), at)
  }

  #count(stamp: ReturnType<typeof readStamp>, at: number): void {
    const arrivals = this.#arrivals
    if (!stamp || stamp.phase !== arrivals?.phase || stamp.publisher >= this.#publishers) return
    const { publisher, number, intendedAtMs } = stamp
    if (!this.#seen.add(publisher + number * this.#publishers)) {
      arrivals.duplicated += 1
      return
    }
    arrivals.received += 1
    arrivals.lastArrivalMs = at
    if (number < (this.#last[publisher] ?? -1)) arrivals.reordered += 1
    else this.#last[publisher] = number
    const ms = at - intendedAtMs
    record(arrivals.histogram, ms)
    addTo(arrivals.grid, intendedAtMs - arrivals.startMs, ms)
  }
}
