import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ContentMismatch } from '../../../../src/http/content-mismatch.ts'
import { BlobStore } from '../../../../src/oci/cache/blob-store.ts'
import { digestOf } from '../../../../src/oci/digest.ts'

let store: BlobStore
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(tmpdir(), 'edgekit-blobs-')))
})
afterEach(() => rm(store.directory, { recursive: true }))

const content = Buffer.from('hello')
const descriptor = { mediaType: 'text/plain', digest: digestOf(content), size: content.length }

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

const files = () => readdir(join(store.directory, 'blobs/sha256')).catch(() => [])

test('stores a blob under its digest', async () => {
  await store.write(descriptor, chunks('he', 'llo'))
  expect(await store.holds(descriptor)).toBe(true)
  expect(await store.read(descriptor.digest)).toEqual(content)
  expect(await files()).toEqual([descriptor.digest.slice('sha256:'.length)])
})

test.each([
  ['other content', ['hallo'], false, `expected content with digest ${descriptor.digest}`],
  ['too short', ['hell'], true, 'ended after 4 of 5 bytes'],
  ['too long', ['hello', '!'], false, 'longer than the 5 bytes'],
])('%s leaves nothing behind', async (_, parts, short, message) => {
  const failure = await store.write(descriptor, chunks(...parts)).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ContentMismatch)
  expect(failure).toMatchObject({ short, message: expect.stringContaining(message) })
  expect(await files()).toEqual([])
})

test('a failed source leaves nothing behind', async () => {
  const broken = (async function* () {
    yield Buffer.from('he')
    throw new Error('cut')
  })()
  await expect(store.write(descriptor, broken)).rejects.toThrow('cut')
  expect(await files()).toEqual([])
})

test('ensure fills once for concurrent calls', async () => {
  let fills = 0
  const fill = async () => {
    fills++
    await store.write(descriptor, chunks('hello'))
  }
  await Promise.all(Array.from({ length: 10 }, () => store.ensure(descriptor, fill)))
  await store.ensure(descriptor, fill)
  expect(fills).toBe(1)
})

test('ensure lets the next caller retry after a failure', async () => {
  const first = store.ensure(descriptor, () => Promise.reject(new Error('no route')))
  const second = store.ensure(descriptor, () => store.write(descriptor, chunks('hello')))
  await expect(first).rejects.toThrow('no route')
  await second
  expect(await store.holds(descriptor)).toBe(true)
})

test('writeBytes verifies the digest', async () => {
  await store.writeBytes(descriptor.digest, content)
  await store.writeBytes(descriptor.digest, content)
  await expect(store.writeBytes(descriptor.digest, Buffer.from('x'))).rejects.toThrow(ContentMismatch)
})

test('frees the memory of a written blob at once', async () => {
  const bytes = randomBytes(1024 * 1024)
  async function* source(): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  let [lowest, rise] = [Number.POSITIVE_INFINITY, 0]
  for (let count = 0; count < 20; count++) {
    bytes.writeUInt8(count)
    await store.add(source())
    const { arrayBuffers } = process.memoryUsage()
    lowest = Math.min(lowest, arrayBuffers)
    rise = Math.max(rise, arrayBuffers - lowest)
  }
  expect(rise).toBeLessThan(2 * 1024 * 1024)
})
