import * as encode from '../../mqtt/encode.ts'
import { scanFrames } from '../../mqtt/frames.ts'
import type { PacketType, Version } from '../../mqtt/packet.ts'
import type { TestContext } from '../context.ts'

/** Where packets get their version, client ids, and topics from. */
export type Source = Pick<TestContext, 'version' | 'login' | 'connectPacket' | 'topic'>

/** One malformed packet. Its Remaining Length is right, so that a broker does not wait for more. */
export interface Vector {
  /** What is wrong, in words. */
  what: string
  bytes: Buffer
}

/** Malformed packets of one type that break the same rule. */
export interface VectorSet {
  /** What is wrong, as a part of an id. */
  kind: string
  packet: PacketType
  /** In words that fit behind the name of the packet. */
  what: string
  clauses: Partial<Record<Version, readonly string[]>>
  vectors: (source: Source) => readonly Vector[]
  /** Whether a SUBACK or UNSUBACK with a failure refuses it, too. */
  orAnswer?: boolean
}

/** What a client may send, and what a malformed packet is made of. */
export const clientPackets = [
  'connect',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'unsubscribe',
  'pingreq',
] as const satisfies readonly PacketType[]

export type ClientPacket = (typeof clientPackets)[number]

/** A correct packet. */
export function correct(type: ClientPacket, source: Source): Buffer {
  const { version } = source
  const topic = (name: string): string => source.topic(name)
  if (type === 'connect') return source.connectPacket({ will: { topic: topic('will'), payload: '' } })
  if (type === 'publish') return encode.publish(version, { topic: topic('x'), qos: 1, id: 1 })
  if (type === 'subscribe') return encode.subscribe(version, 1, [{ filter: topic('x'), qos: 0 }])
  if (type === 'unsubscribe') return encode.unsubscribe(version, 1, [topic('x')])
  if (type === 'pingreq') return encode.pingreq()
  return version === 5 ? encode.ack(type, 1, 0, []) : encode.ack(type, 1)
}

/** The packet without its fixed header. */
export function bodyOf(packet: Buffer): Buffer {
  let start = 0
  scanFrames(packet, (_, body) => {
    start = body
  })
  return packet.subarray(start)
}

/** The same packet with another body. */
export const withBody = (packet: Buffer, ...body: Buffer[]): Buffer => {
  const first = packet[0] ?? 0
  return encode.frame(first >> 4, first & 0x0f, body)
}
