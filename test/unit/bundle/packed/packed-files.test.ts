import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf, findPackedFiles } from '../../../../src/bundle/packed/packed-files.ts'
import { partName } from '../../../../src/bundle/part-names.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-packed-'))
})
afterAll(() => rm(scratch, { recursive: true }))

const content = randomBytes(900_000)
const packed = gzipSync(content)

async function unpacked(path: string): Promise<Buffer> {
  const parts: Buffer[] = []
  await pipeline(bytesOf(findPackedFiles(path)), createGunzip(), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) parts.push(piece)
  })
  return Buffer.concat(parts)
}

test.each([99, 7, 1])('reads a bundle in %i parts in order, through two buffers', async count => {
  const name = join(scratch, `bundle-${count}.tar.gz`)
  const size = Math.ceil(packed.length / count)
  for (let part = 0; part < count; part++)
    await writeFile(partName(name, part + 1), packed.subarray(part * size, (part + 1) * size))
  expect((await unpacked(partName(name, 1))).equals(content)).toBe(true)
  const memory = new Set<ArrayBufferLike>()
  for await (const { buffer } of bytesOf(findPackedFiles(partName(name, 1)))) memory.add(buffer)
  expect(memory.size).toBeLessThanOrEqual(2)
})
