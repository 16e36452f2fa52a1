import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gzipPieces } from '../../../../src/build/pack/gzip.ts'

const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )

async function gzip(bytes: Buffer, size = 100_000): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const { bytes: piece } of gzipPieces(inPieces(bytes, size))) parts.push(...(await piece))
  return Buffer.concat(parts)
}

const text = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join(''))
const random = randomBytes(3_000_000)

test.each([
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['text', text],
  ['random bytes', random],
  ['both', Buffer.concat([text, random, text])],
  ['exactly one chunk', Buffer.alloc(256 * 1024, 'a')],
  ['zeros', Buffer.alloc(5_000_000)],
])('%s comes back', async (_, bytes) => {
  expect(gunzipSync(await gzip(bytes)).equals(bytes)).toBe(true)
})

test('the result does not depend on how the bytes come', async () => {
  const bytes = Buffer.concat([text, random])
  expect((await gzip(bytes, 7777)).equals(await gzip(bytes, 1_000_000))).toBe(true)
})

test('what is compressed already is stored, the rest is not', async () => {
  expect((await gzip(random)).length).toBeLessThan(random.length * 1.001)
  expect((await gzip(random)).length).toBeGreaterThan(random.length)
  expect((await gzip(text)).length).toBeLessThan(text.length / 4)
})
