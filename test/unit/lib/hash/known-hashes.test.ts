import { mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KnownHashes } from '../../../../src/lib/hash/known-hashes.ts'

let directory: string
let made: number
let hashes: KnownHashes
const at = (name: string): string => join(directory, name)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-hashes-'))
  made = 0
  hashes = new KnownHashes(() => Date.now() + 1000)
  await writeFile(at('file'), 'text')
})
afterEach(() => rm(directory, { recursive: true }))

/** Wait for the next tick of the kernel clock, so that later changes get another timestamp. */
const aTick = () => sleep(20)
const look = (name = 'file') => hashes.getOrMake(at(name), async () => `hash ${++made}`)

test('hashes a file once', async () => {
  expect([await look(), await look(), await hashes.get(at('file'))]).toEqual(['hash 1', 'hash 1', 'hash 1'])
})

test.each([
  ['other bytes', () => writeFile(at('file'), 'tent')],
  [
    'other bytes with an old timestamp',
    async () => {
      await writeFile(at('file'), 'tent')
      await utimes(at('file'), 0, 0)
    },
  ],
  [
    'another file of the same size',
    async () => {
      await writeFile(at('other'), 'tent')
      await rename(at('other'), at('file'))
    },
  ],
])('hashes again after: %s', async (_, change) => {
  await utimes(at('file'), 0, 0)
  await look()
  await aTick()
  await change()
  expect(await look()).toBe('hash 2')
})

test('does not remember a file changed just now: it can change again in the same tick', async () => {
  const { ctimeMs } = await stat(at('file'))
  hashes = new KnownHashes(() => Math.ceil(ctimeMs) + 20)
  await look()
  expect(await look()).toBe('hash 2')
})

test('a file written by this process is known until it changes', async () => {
  await hashes.remember(at('file'), 'hash of the text')
  expect(await look()).toBe('hash of the text')
  await aTick()
  await writeFile(at('file'), 'tent')
  expect(await look()).toBe('hash 1')
})

test('throws for a removed file', async () => {
  await look()
  await rm(at('file'))
  await expect(look()).rejects.toThrow('ENOENT')
})
