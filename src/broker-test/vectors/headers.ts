import * as encode from '../../mqtt/encode.ts'
import { packetTypes } from '../../mqtt/packet.ts'
import {
  bodyOf,
  type ClientPacket,
  clientPackets,
  correct,
  type Vector,
  type VectorSet,
  withBody,
} from './vector.ts'

const nibbles = Array.from({ length: 16 }, (_, index) => index)

/** Every value of the flags but the right one; of PUBLISH those with QoS 3. */
const flags = (packet: ClientPacket): VectorSet => ({
  kind: 'flags',
  packet,
  what: packet === 'publish' ? 'with QoS 3' : 'with wrong flags',
  clauses:
    packet === 'publish'
      ? { 4: ['3.3.1-4'], 5: ['3.3.1-4'] }
      : { 4: ['2.2.2-2'], 5: ['2.1.3-1', '4.13.1-1'] },
  vectors: source => {
    const bytes = correct(packet, source)
    const wrong = nibbles.filter(value =>
      packet === 'publish' ? (value & 6) === 6 : value !== encode.requiredFlags(packet),
    )
    return wrong.map(value => ({
      what: `flags ${value}`,
      bytes: encode.frame(packetTypes[packet], value, [bodyOf(bytes)]),
    }))
  },
})

/**
 * Every length below this one is too short. Acknowledgments need only the identifier: MQTT 3.1.1 has nothing else, and MQTT 5
 * may leave out the rest.
 */
const shortest = (packet: ClientPacket, body: Buffer): number =>
  /^pub(?:ack|rec|rel|comp)$/.test(packet) ? 2 : body.length

const cut = (packet: ClientPacket): VectorSet => ({
  kind: 'cut',
  packet,
  what: 'that ends before its last field',
  clauses: { 4: ['4.8.0-1'], 5: packet === 'connect' ? ['3.1.4-1', '4.13.1-1'] : ['4.13.1-1'] },
  vectors: source => {
    const bytes = correct(packet, source)
    const body = bodyOf(bytes)
    return Array.from({ length: shortest(packet, body) }, (_, length) => ({
      what: `${length} of ${body.length} bytes`,
      bytes: withBody(bytes, body.subarray(0, length)),
    }))
  },
})

/** Bytes that belong to no field. */
const trailing = (packet: ClientPacket): VectorSet => ({
  kind: 'trailing',
  packet,
  what: 'with bytes after its last field',
  clauses: { 4: ['4.8.0-1'], 5: packet === 'connect' ? ['3.1.4-1', '4.13.1-1'] : ['4.13.1-1'] },
  vectors: source => {
    const bytes = correct(packet, source)
    return [1, 2, 3, 5, 8, 13, 21, 100].map((count): Vector => {
      const what = `${count} more bytes`
      // As a topic filter, they would be longer than the packet.
      return { what, bytes: withBody(bytes, bodyOf(bytes), Buffer.alloc(count, 0xff)) }
    })
  },
})

/** A payload takes all that follows. */
const withEnd = clientPackets.filter(packet => packet !== 'publish')
const withFields = clientPackets.filter(packet => packet !== 'pingreq')

export const headerVectors: readonly VectorSet[] = [
  ...clientPackets.map(flags),
  ...withFields.map(cut),
  ...withEnd.map(trailing),
]
