import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashOf } from '../../../../src/lib/hash/hash-sources.ts'
import { ThreadedHash } from '../../../../src/lib/hash/hash-thread.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-hash-'))
})
afterEach(() => rm(directory, { recursive: true }))

const sha256 = (...parts: Buffer[]): string => createHash('sha256').update(Buffer.concat(parts)).digest('hex')
const content = randomBytes(10_000_000)

test('hashes bytes and files in order', async () => {
  const path = join(directory, 'file')
  await writeFile(path, content)
  const file = { path, size: content.length, name: 'file' }
  const [head, tail] = [Buffer.from('head'), Buffer.from('tail')]
  expect(await hashOf([head, file, tail])).toBe(sha256(head, content, tail))
  expect(await hashOf([file, file])).toBe(sha256(content, content))
  expect(await hashOf([])).toBe(sha256())
})

test('hashes several files concurrently, part by part', async () => {
  const hashes = [1000, 700_000, 6_000_000].map(async (size, index) => {
    const path = join(directory, `file-${index}`)
    await writeFile(path, content)
    const hash = new ThreadedHash()
    for (let from = 0; from < content.length; from += size)
      hash.add({ path, from, size: Math.min(size, content.length - from) })
    return await hash.digest()
  })
  expect(await Promise.all(hashes)).toEqual(hashes.map(() => sha256(content)))
})

test.each([
  ['is too short', 'short', 'short ends after 3 bytes'],
  ['does not exist', 'absent', 'ENOENT'],
])('fails for a file that %s, without affecting other hashes', async (_, name, message) => {
  await writeFile(join(directory, 'short'), 'abc')
  const bad = hashOf([{ path: join(directory, name), size: 4, name }])
  const good = hashOf([Buffer.from('abc')])
  await expect(bad).rejects.toThrow(message)
  expect(await good).toBe(sha256(Buffer.from('abc')))
})

test('does not start when already aborted', async () => {
  const hash = new ThreadedHash()
  hash.add({ path: join(directory, 'absent'), from: 0, size: 1 })
  await expect(hash.digest(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
})

test.each([
  ['has no digest requested', ''],
  [
    'was aborted before it started',
    "await hash.digest(AbortSignal.abort(new Error('gone'))).catch(() => {})",
  ],
  ['was aborted while running', 'await hash.digest(AbortSignal.timeout(300)).catch(() => {})'],
])('a process exits without waiting for a hash that %s', { timeout: 60_000 }, async (_, code) => {
  const path = join(directory, 'huge')
  const size = 100_000_000_000
  await writeFile(path, '')
  await truncate(path, size)
  const program = join(directory, 'program.mjs')
  await writeFile(
    program,
    `
    import { ThreadedHash } from ${JSON.stringify(import.meta.resolve('../../../../src/lib/hash/hash-thread.ts'))}
    const hash = new ThreadedHash()
    hash.add(${JSON.stringify({ path, from: 0, size })})
    ${code}`,
  )
  await execa('node', [program], { timeout: 20_000 })
})
