import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { writeServerCertificate } from '../../../../lab/machine/certificates.ts'
import { askCloud, hashOfCertificate } from '../../../../src/install/join/ask-cloud.ts'
import { localNode } from '../../../../src/node/node.ts'

let directory: string
let pem: string
let tls: { key: string; cert: string }

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-ask-'))
  const { authority, key, certificate } = await writeServerCertificate(directory)
  pem = await readFile(authority, 'utf8')
  tls = { key: await readFile(key, 'utf8'), cert: await readFile(certificate, 'utf8') }
})
afterAll(() => rm(directory, { recursive: true }))

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(tls, answer).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const { network } = localNode()
const ask = (server: string) => askCloud(server, 'edge-1', network)

test.each([
  ['has the name', 200, true],
  ['has not', 404, false],
  ['does not know', 500, undefined],
] as const)('a cloud that %s', async (_, status, hasNode) => {
  const server = await serve((request, response) => {
    if (request.url === '/ca.crt') response.end(new X509Certificate(pem).raw)
    else response.writeHead(request.url === '/node/edge-1' ? status : 400).end()
  })
  expect(await ask(server)).toEqual({
    caHash: hashOfCertificate(pem),
    ...(hasNode !== undefined && { hasNode }),
  })
})

test('a server that is no cloud has no CA', async () => {
  const page = await serve((_, response) => void response.end('<html>'))
  expect(await ask(page)).toEqual({ hasNode: true })
  const endless = await serve((_, response) => void response.end(Buffer.alloc(100_000)))
  expect(await ask(endless)).toEqual({})
})

test('a cloud that is silent or cannot be reached has no answers, soon', async () => {
  const silent = await serve(() => undefined)
  const started = Date.now()
  expect(await ask(silent)).toEqual({})
  expect(Date.now() - started).toBeLessThan(5_000)
  expect(await ask('https://127.0.0.1:1')).toEqual({})
  expect(await ask('http://127.0.0.1:1')).toEqual({})
  expect(await ask('')).toEqual({})
})
