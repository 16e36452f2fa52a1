import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { writeGzip } from '../../../../src/build/pack/gzip.ts'

const inPieces = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )

async function gzip(bytes: Buffer, { isStored = false, size = 100_000 } = {}): Promise<Buffer> {
  const parts: Buffer[] = []
  await writeGzip(inPieces(bytes, size), {
    isStored,
    concurrency: 2,
    write: async part => void parts.push(part),
    signal: new AbortController().signal,
  })
  return Buffer.concat(parts)
}

const text = Buffer.from(Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join(''))
const random = randomBytes(3_000_000)

const contents: [string, Buffer][] = [
  ['one byte', Buffer.from('x')],
  ['text', text],
  ['random bytes', random],
  ['both', Buffer.concat([text, random, text])],
  ['exactly one piece', Buffer.alloc(1024 * 1024, 'a')],
  ['zeros', Buffer.alloc(5_000_000)],
]
const cases = [true, false].flatMap(isStored =>
  contents.map(([what, bytes]) => [what, isStored ? 'stored' : 'compressed', bytes] as const),
)

test.each(cases)('%s, %s, is restored', async (_, how, bytes) => {
  expect(gunzipSync(await gzip(bytes, { isStored: how === 'stored' })).equals(bytes)).toBe(true)
})

test.each([true, false])(
  'the result does not depend on the sizes of the pieces (stored: %s)',
  async isStored => {
    const bytes = Buffer.concat([text, random])
    const [one, other] = [
      await gzip(bytes, { isStored, size: 7777 }),
      await gzip(bytes, { isStored, size: 1e6 }),
    ]
    expect(one.equals(other)).toBe(true)
  },
)

test('the header has no time and no name: the same bytes give the same file', async () => {
  const member = await gzip(text)
  // https://www.rfc-editor.org/rfc/rfc1952#section-2.3: flags, then the time
  expect([member.readUInt8(3), member.readUInt32LE(4)]).toEqual([0, 0])
  expect((await gzip(text)).equals(member)).toBe(true)
})

test('compresses to a quarter, and stores without growing by more than 0.1 %', async () => {
  expect((await gzip(text)).length).toBeLessThan(text.length / 4)
  const stored = await gzip(text, { isStored: true })
  expect(stored.length).toBeGreaterThan(text.length)
  expect(stored.length).toBeLessThan(text.length * 1.001)
  expect(stored.includes(text.subarray(1000, 2000))).toBe(true)
})

test('writes nothing for no bytes', async () => {
  expect((await gzip(Buffer.alloc(0))).length).toBe(0)
})

test('passes on what writing throws, and what aborts it', async () => {
  const signal = new AbortController().signal
  const write = () => Promise.reject(new Error('no space'))
  await expect(writeGzip([text], { concurrency: 2, write, signal })).rejects.toThrow('no space')
  const aborted = AbortSignal.abort(new Error('stop'))
  await expect(writeGzip([text], { concurrency: 2, write: async () => {}, signal: aborted })).rejects.toThrow(
    'stop',
  )
})
