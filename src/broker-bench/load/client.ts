import type { Duplex } from 'node:stream'
import { openSocket } from '../../broker-test/open-socket.ts'
import type { Target } from '../../broker-test/target.ts'
import { deadline } from '../../lib/deadline.ts'
import { decode, type Packet } from '../../mqtt/decode.ts'
import * as encode from '../../mqtt/encode.ts'
import { scanFrames } from '../../mqtt/frames.ts'
import { packetTypes, type Qos, type Version } from '../../mqtt/packet.ts'
import { describeReason } from '../../mqtt/reasons.ts'

/** With thousands of connections at a time a broker needs a moment. */
const answerMs = 10_000
const keepAliveSeconds = 60

/** Clients send something more often than the keep alive demands. */
export const pingEveryMs = (keepAliveSeconds * 1000) / 3

interface ClientOptions {
  target: Target
  version: Version
  clientId: string
}

/** A received packet: the bytes that have it, and where it, its body and what follows begin. */
type OnPacket = (bytes: Buffer, start: number, body: number, next: number) => void

const nothing = (): void => undefined

/** One connection for load: it decodes only what a load test needs. */
export class Client {
  readonly version: Version
  /** Called for each packet, then once for all packets that arrived together. */
  onPacket: OnPacket = nothing
  onChunk: () => void = nothing
  onDrain: () => void = nothing
  onClose: () => void = nothing
  #rest: Buffer = Buffer.alloc(0)
  readonly #socket: Duplex

  private constructor(socket: Duplex, version: Version) {
    this.#socket = socket
    this.version = version
    socket.on('data', chunk => this.#receive(chunk))
    socket.on('drain', () => this.onDrain())
    // The close that follows is what counts.
    socket.on('error', nothing)
    socket.on('close', () => this.onClose())
  }

  /** Throws when the broker does not accept the client. */
  static async connect({ target, version, clientId }: ClientOptions): Promise<Client> {
    const client = new Client(await openSocket(target, answerMs), version)
    try {
      const packet = encode.connect({ version, clientId, clean: true, keepAliveSeconds, ...target.login })
      const { reason = 0 } = await client.#request(packet, 'connack')
      if (reason !== 0) throw new Error(`CONNACK with ${describeReason(reason, 'connack', version)}`)
      return client
    } catch (error) {
      client.#socket.destroy()
      throw error
    }
  }

  /** Throws when the broker does not grant the QoS. */
  async subscribe(filter: string, qos: Qos): Promise<void> {
    const { reasons } = await this.#request(encode.subscribe(this.version, 1, [{ filter, qos }]), 'suback')
    const granted = reasons?.[0] ?? 0x80
    if (granted !== qos) throw new Error(`SUBACK with ${describeReason(granted, 'suback', this.version)}`)
  }

  /** Send a packet and wait for the first one of this type. */
  async #request(packet: Buffer, type: 'connack' | 'suback'): Promise<Packet> {
    const answer = Promise.withResolvers<Packet>()
    using end = deadline(answerMs)
    void end.passed.then(() =>
      answer.reject(new Error(`no ${type.toUpperCase()} within ${answerMs / 1000} s`)),
    )
    this.onClose = () => answer.reject(new Error('the broker closed the connection'))
    this.onPacket = (bytes, start, _, next) => {
      if ((bytes[start] ?? 0) >> 4 === packetTypes[type])
        answer.resolve(decode(bytes.subarray(start, next), this.version))
    }
    this.#socket.write(packet)
    try {
      return await answer.promise
    } finally {
      this.onPacket = nothing
      this.onClose = nothing
    }
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    const { end, isBroken } = scanFrames(bytes, (start, body, next) =>
      this.onPacket(bytes, start, body, next),
    )
    this.#rest = bytes.subarray(end)
    if (isBroken) this.#socket.destroy()
    this.onChunk()
  }

  /** Returns whether more can be sent before `onDrain`. */
  send(bytes: Uint8Array): boolean {
    return this.#socket.writable && this.#socket.write(bytes)
  }

  ping(): void {
    this.send(encode.pingreq())
  }

  /** Leaves nothing on the broker: its session is clean. */
  close(): void {
    this.onClose = nothing
    this.#socket.end(encode.goodbye('disconnect'))
  }
}
