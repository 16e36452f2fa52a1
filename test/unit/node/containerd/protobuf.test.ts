import { expect, test } from 'vitest'
import {
  bytesIn,
  decode,
  encodeField,
  mapIn,
  messagesIn,
  numberIn,
  textIn,
} from '../../../../src/node/containerd/protobuf.ts'

test('decodes every kind of value', () => {
  const message = decode(
    Buffer.concat([
      Buffer.from([1 * 8, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      Buffer.from([2 * 8 + 1, ...Array(8).fill(1)]),
      Buffer.from([3 * 8 + 5, ...Array(4).fill(1)]),
      encodeField(4, Buffer.from([1 * 8, 5])),
      encodeField(5, 'é'),
    ]),
  )
  expect(numberIn(message, 1)).toBe(2 ** 32 - 1)
  expect(messagesIn(message, 4).map(inner => numberIn(inner, 1))).toEqual([5])
  expect(textIn(message, 5)).toBe('é')
  expect(bytesIn(message, 5)).toEqual(Buffer.from('é'))
})

test('returns the default of the encoding for an absent field', () => {
  const message = decode(Buffer.alloc(0))
  expect([textIn(message, 6), numberIn(message, 6), bytesIn(message, 6)]).toEqual(['', 0, Buffer.alloc(0)])
  expect([messagesIn(message, 6), mapIn(message, 6)]).toEqual([[], {}])
})

test('decodes a map', () => {
  const entry = (key: string, value: string): Buffer =>
    encodeField(2, Buffer.concat([encodeField(1, key), encodeField(2, value)]))
  expect(mapIn(decode(Buffer.concat([entry('a', '1'), entry('b', '')])), 2)).toEqual({ a: '1', b: '' })
})

test.each([0, 127, 128, 300, 20_000])('encodes a text of %d bytes', length => {
  const text = 'x'.repeat(length)
  expect(textIn(decode(encodeField(1, text)), 1)).toBe(text)
})

test('encodes a field number over 15', () => {
  expect(textIn(decode(encodeField(2000, 'text')), 2000)).toBe('text')
})

test('encodes as the specification has it', () => {
  // protobuf.dev/programming-guides/encoding: a string field with the number 2 and the value "testing".
  expect(encodeField(2, 'testing').toString('hex')).toBe('120774657374696e67')
})

test('refuses a truncated message', () => {
  expect(() => decode(encodeField(5, 'text').subarray(0, 4))).toThrow(RangeError)
})
