import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeAppImage } from '../../lab/registry/app-image.ts'
import { startFront } from '../../lab/registry/front.ts'
import { blobPath, type Layer } from '../../lab/registry/oci.ts'
import { pullApp } from '../../lab/registry/pull-app.ts'
import { type LabRegistry, pushImage, startRegistry } from '../../lab/registry/registry.ts'
import { BlobStore } from '../../src/oci/cache/blob-store.ts'
import { digestOf } from '../../src/oci/digest.ts'

const megabyte = 1024 * 1024

let directory: string
let server: LabRegistry
let layer: Layer
let content: Buffer

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-resume-'))
  server = await startRegistry()
  const app = await writeAppImage(join(directory, 'app'), [8 * megabyte])
  layer = app.layers[0] as Layer
  content = await readFile(blobPath(app.layout, layer.digest))
  await pushImage(server.url, 'library/app', '1.0', app.layout)
})
afterAll(async () => {
  await server.stop()
  await rm(directory, { recursive: true })
})

let store: BlobStore
beforeEach(async () => {
  store = new BlobStore(await mkdtemp(join(directory, 'store-')))
})

const pull = (url: string) => pullApp(url, store, { tries: 3 })

/** Sends the layer from `start` on and cuts the connection after `length` bytes. */
function cutAfter(response: ServerResponse, start: number, length: number): void {
  const ranged = start > 0
  response.writeHead(ranged ? 206 : 200, {
    'content-length': String(content.length - start),
    ...(ranged && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
  })
  response.write(content.subarray(start, start + length), () => setTimeout(() => response.destroy(), 50))
}

const startOf = (request: IncomingMessage): number =>
  Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)

test('resumes at the byte reached, however often the connection is cut', async () => {
  const starts: number[] = []
  let sent = 0
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.endsWith(layer.digest)) return false
    const start = startOf(request)
    starts.push(start)
    // More cuts than tries: the bytes received in between reset the budget. The real registry serves the last part.
    if (starts.length > 5) {
      sent += content.length - start
      return false
    }
    sent += 1.2 * megabyte
    cutAfter(response, start, 1.2 * megabyte)
    return true
  })
  await pull(front.url)
  expect(digestOf(await store.read(layer.digest))).toBe(layer.digest)
  expect(starts).toHaveLength(6)
  expect(starts[0]).toBe(0)
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  expect(starts[5]).toBeGreaterThan(5 * megabyte)
  // No byte is sent twice: a cut loses at most what was still in the buffers of the connection.
  expect(sent).toBeLessThan(content.length + 5 * 0.3 * megabyte)
})

test('skips what it has when the server ignores ranges', async () => {
  let asked = 0
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.endsWith(layer.digest)) return false
    if (asked++ === 0) cutAfter(response, 0, 3 * megabyte)
    else {
      expect(startOf(request)).toBeGreaterThan(megabyte)
      response.writeHead(200, { 'content-length': String(content.length) }).end(content)
    }
    return true
  })
  await pull(front.url)
  expect(digestOf(await store.read(layer.digest))).toBe(layer.digest)
  expect(asked).toBe(2)
})

test('starts over when the server refuses to resume', async () => {
  const starts: number[] = []
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.endsWith(layer.digest)) return false
    const start = startOf(request)
    starts.push(start)
    if (starts.length === 1) cutAfter(response, 0, 3 * megabyte)
    else if (start > 0) response.writeHead(416).end()
    else return false
    return true
  })
  await pull(front.url)
  expect(digestOf(await store.read(layer.digest))).toBe(layer.digest)
  expect(starts).toEqual([0, expect.any(Number), 0])
  expect(starts[1]).toBeGreaterThan(megabyte)
})

test('names content that is shorter than its manifest states, after one more request for all of it', async () => {
  const starts: number[] = []
  const part = content.subarray(0, 3 * megabyte)
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.endsWith(layer.digest)) return false
    const start = startOf(request)
    starts.push(start)
    if (start > 0) response.writeHead(416, { 'content-range': `bytes */${part.length}` }).end()
    else response.writeHead(200, { 'content-length': String(part.length) }).end(part)
    return true
  })
  await expect(pull(front.url)).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`${layer.digest} ended after ${part.length} of ${layer.size} bytes`),
      remedy: 'Use another source, or store the content there again: this one has only part of it.',
    }),
  )
  expect(starts).toEqual([0, part.length, 0])
})

test('refuses parts of different content by their digest', async () => {
  let asked = 0
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.endsWith(layer.digest)) return false
    const start = startOf(request)
    if (asked++ === 0) cutAfter(response, 0, 3 * megabyte)
    else {
      const range = `bytes ${start}-${content.length - 1}/${content.length}`
      response.writeHead(206, { 'content-range': range }).end(Buffer.alloc(content.length - start))
    }
    return true
  })
  await expect(pull(front.url)).rejects.toThrow(`expected content with digest ${layer.digest}`)
  const names = await readdir(join(store.directory, 'blobs/sha256'))
  expect(names).not.toContain(layer.digest.slice('sha256:'.length))
  expect(names.filter(name => name.endsWith('.unfinished'))).toEqual([])
})

test('refuses a range other than the requested one', async () => {
  let asked = 0
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.endsWith(layer.digest)) return false
    if (asked++ === 0) cutAfter(response, 0, 3 * megabyte)
    else response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end(content)
    return true
  })
  await expect(pull(front.url)).rejects.toThrow(/requested bytes from \d+ on, received "bytes 0-9\/10"/)
})

test('gives up when there is no progress', async () => {
  let asked = 0
  await using front = await startFront(server.url, (request, response) => {
    if (!request.url?.endsWith(layer.digest)) return false
    cutAfter(response, startOf(request), asked++ === 0 ? 3 * megabyte : 10)
    return true
  })
  await expect(pull(front.url)).rejects.toThrow('the server closed the connection')
  expect(asked).toBe(3)
})
