/**
 * As much of the encoding of Protocol Buffers (protobuf.dev/programming-guides/encoding) as containerd's answers need:
 * the values of a message by the number of their field, those of a repeated field in their order.
 */
export type Message = ReadonlyMap<number, readonly (number | Buffer)[]>

/** Throws RangeError when the bytes end in the middle of a value. */
export function decode(bytes: Buffer): Message {
  const fields = new Map<number, (number | Buffer)[]>()
  let at = 0
  const varint = (): number => {
    // Of numbers over 2^53, which nothing here has, the low digits are lost.
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++)
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('a message that was cut off')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const key = varint()
    const type = key & 7
    const value = type === 0 ? varint() : take(type === 2 ? varint() : type === 1 ? 8 : 4)
    const field = Math.floor(key / 8)
    fields.set(field, [...(fields.get(field) ?? []), value])
  }
  return fields
}

/** A text; empty when the field is not there, as the encoding has it. */
export const textIn = (message: Message, field: number): string =>
  message.get(field)?.at(-1)?.toString() ?? ''

/** The bytes of a field; none when it is not there. */
export function bytesIn(message: Message, field: number): Buffer {
  const value = message.get(field)?.at(-1)
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

/** A number or the value of an enumeration; 0 when the field is not there. */
export function numberIn(message: Message, field: number): number {
  const value = message.get(field)?.at(-1)
  return typeof value === 'number' ? value : 0
}

/** The messages in a repeated field. */
export const messagesIn = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).filter(value => typeof value !== 'number').map(decode)

/** A message with one short text. */
export function encodeText(field: number, text: string): Buffer {
  const value = Buffer.from(text)
  return Buffer.concat([Buffer.from([field * 8 + 2, value.length]), value])
}
