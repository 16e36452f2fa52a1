import { requiredFlags } from '../../mqtt/encode.ts'
import { packetTypes } from '../../mqtt/packet.ts'
import type { Client } from './client.ts'

type Type = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'

const firstByte = (type: Type): number => (packetTypes[type] << 4) | requiredFlags(type)
const firstBytes = {
  puback: firstByte('puback'),
  pubrec: firstByte('pubrec'),
  pubrel: firstByte('pubrel'),
  pubcomp: firstByte('pubcomp'),
} as const satisfies Record<Type, number>

/** Acknowledgments of the packets that arrived together, sent together; in the short form of both versions. */
export class Acknowledgments {
  #bytes = Buffer.allocUnsafe(1024)
  #length = 0

  add(type: Type, id: number): void {
    if (this.#length + 4 > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, this.#bytes])
    this.#bytes.writeUInt16BE((firstBytes[type] << 8) | 2, this.#length)
    this.#bytes.writeUInt16BE(id, this.#length + 2)
    this.#length += 4
  }

  sendTo(client: Client): void {
    if (this.#length === 0) return
    client.send(Buffer.from(this.#bytes.subarray(0, this.#length)))
    this.#length = 0
  }
}
