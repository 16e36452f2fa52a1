/**
 * The part of the Protocol Buffers encoding (protobuf.dev/programming-guides/encoding) that containerd's API needs. A
 * message maps the number of each field to its values; a repeated field has several, in order.
 */
export type Message = ReadonlyMap<number, readonly (number | Buffer)[]>

/** Throws RangeError when the bytes end in the middle of a value. */
export function decode(bytes: Buffer): Message {
  const fields = new Map<number, (number | Buffer)[]>()
  let at = 0
  const varint = (): number => {
    // Numbers over 2^53 lose their low digits; no field here has one.
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes.readUInt8(at++)
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError('truncated message')
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

/** A string field; empty when it is absent, the default of the encoding. */
export const textIn = (message: Message, field: number): string =>
  message.get(field)?.at(-1)?.toString() ?? ''

/** A bytes field; empty when it is absent. */
export function bytesIn(message: Message, field: number): Buffer {
  const value = message.get(field)?.at(-1)
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0)
}

/** A number or an enumeration; 0 when it is absent. */
export function numberIn(message: Message, field: number): number {
  const value = message.get(field)?.at(-1)
  return typeof value === 'number' ? value : 0
}

/** The messages of a repeated field. */
export const messagesIn = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).filter(value => typeof value !== 'number').map(decode)

/** A `map<string, string>` field, which the encoding stores as messages of a key (1) and a value (2). */
export const mapIn = (message: Message, field: number): Record<string, string> =>
  Object.fromEntries(messagesIn(message, field).map(entry => [textIn(entry, 1), textIn(entry, 2)]))

function encodeVarint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...encodeVarint(Math.floor(value / 128))]
}

/** Encode a string or bytes field, or a message that is already encoded. */
export function encodeField(field: number, content: string | Buffer): Buffer {
  const value = Buffer.from(content)
  return Buffer.concat([Buffer.from([...encodeVarint(field * 8 + 2), ...encodeVarint(value.length)]), value])
}

/** Encode the key and value of an entry of a `map<string, string>` field. */
export const encodeEntry = (key: string, value: string): Buffer =>
  Buffer.concat([encodeField(1, key), encodeField(2, value)])
