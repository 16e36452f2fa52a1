import { spawn } from 'node:child_process'
import { createPrivateKey, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http2 from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../../../lab/brokers/free-port.ts'
import { writeAuthority } from '../../../../lab/cloud/authority.ts'
import { joinToken } from '../../../../lab/cloud/join-token.ts'
import { type CloudSettings, files } from '../../../../lab/cloud/settings.ts'
import { StandIn } from '../edgecore/run-stand-in.ts'

// Each test starts a process, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const main = new URL('../../../../lab/cloud/main.ts', import.meta.url).pathname
const aDay = 86_400_000
let directory: string
let ports: { certificate: number; hub: number }
let stop: () => Promise<unknown>

const pathOf = (name: keyof typeof files): string => join(directory, files[name])
const set = (settings: Partial<CloudSettings>): void =>
  writeFileSync(pathOf('settings'), JSON.stringify(settings))
const token = (expiresAt = Date.now() + aDay): string =>
  joinToken(
    readFileSync(pathOf('ca'), 'utf8'),
    createPrivateKey(readFileSync(pathOf('caKey'), 'utf8')),
    expiresAt,
  )

async function startCloud(from?: Date): Promise<void> {
  directory = mkdtempSync(join(tmpdir(), 'cloud-'))
  await writeAuthority(directory, '127.0.0.1', from)
  set({})
  writeFileSync(pathOf('nodes'), '')
  ports = { certificate: await freePort(), hub: await freePort() }
  const args = [main, directory, String(ports.certificate), String(ports.hub)]
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  const answers = () =>
    fetch(`http://127.0.0.1:${ports.hub}`).then(
      () => true,
      ({ cause }) => cause.code !== 'ECONNREFUSED',
    )
  await vi.waitUntil(answers, { timeout: 20_000, interval: 50 })
  stop = async () => {
    if (child.exitCode === null) {
      child.kill()
      await once(child, 'exit')
    }
    rmSync(directory, { recursive: true })
  }
}

beforeAll(() => startCloud())
beforeEach(() => set({}))
afterAll(() => stop())

/** A node that has not joined, with a kubelet that finds a runtime. */
async function newNode({
  jwt = token(),
  certificate = ports.certificate,
  host = '127.0.0.1',
  hub = ports.hub,
} = {}) {
  const certs = mkdtempSync(join(tmpdir(), 'certs-'))
  const socket = join(certs, 'cri.sock')
  const runtime = http2.createServer().on('stream', stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' })
    stream.end()
  })
  await new Promise<void>(resolve => runtime.listen(socket, resolve))
  onTestFinished(() => {
    runtime.close()
    rmSync(certs, { recursive: true })
  })
  const kubelet = {
    containerRuntimeEndpoint: `unix://${socket}`,
    readOnlyPort: await freePort(),
    // As edgekit's own configuration has it; without it EdgeCore exits after half a minute without a Node.
    featureGates: { DisableCSIVolumePlugin: true },
  }
  const standIn = new StandIn({
    modules: {
      edged: { hostnameOverride: 'edge-3', tailoredKubeletConfig: kubelet },
      eventBus: { enable: false },
      edgeHub: {
        token: jwt,
        httpServer: `https://${host}:${certificate}`,
        tlsCaFile: join(certs, 'rootCA.crt'),
        tlsCertFile: join(certs, 'server.crt'),
        tlsPrivateKeyFile: join(certs, 'server.key'),
        websocket: { enable: true, server: `${host}:${hub}` },
      },
    },
    database: { dataSource: join(tmpdir(), `no-database-${randomUUID()}`) },
  })
  onTestFinished(async () => void (await standIn.stop()))
  return { standIn, certs }
}

/** A log without what belongs to one run: times, places in the source, addresses, ports and message ids. */
const neutral = (log: string): string =>
  log
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replace(/(127\.0\.0\.1|localhost|192\.0\.2\.\d+)(:\d+)?/g, 'CLOUD')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')

describe('a node that joins', () => {
  test('gets its certificate, is registered, and its token is emptied', async () => {
    const { standIn, certs } = await newNode()
    await standIn.logged(/Successfully registered node/)
    expect(existsSync(join(certs, 'server.crt'))).toBe(true)
    expect(readFileSync(pathOf('nodes'), 'utf8')).toBe('edge-3\n')
    expect(readFileSync(standIn.configFile, 'utf8')).toMatch(/token: ""/)
    expect(standIn.text).toMatch(/Certificate rotation is enabled/)
    expect(standIn.text).toMatch(/Websocket connect to cloud access successful/)
  })

  const applying = 'panic: failed to apply the edge certs, err: failed to get'
  // The lines of EdgeCore v1.23.1 with CloudCore v1.23.1, without addresses.
  test.each<[string, () => Parameters<typeof newNode>[0] | Promise<Parameters<typeof newNode>[0]>, string]>([
    [
      'a token with another signature',
      () => ({ jwt: `${token().slice(0, -8)}AAAAAAAA` }),
      `${applying} edge certificate from the cloudcore, error: failed to call http, code: 401, message: token validation failure, err: token signature is invalid: signature is invalid`,
    ],
    [
      'an expired token',
      () => ({ jwt: token(Date.now() - aDay) }),
      `${applying} edge certificate from the cloudcore, error: failed to call http, code: 401, message: token validation failure, err: token has invalid claims: token is expired`,
    ],
    [
      'the token of another cloud',
      () => ({ jwt: `${'0'.repeat(64)}${token().slice(64)}` }),
      'failed to validate CA certificate. tokenCAhash: 0000',
    ],
    [
      'a token with a part missing',
      () => ({ jwt: 'a.b.c' }),
      'token a.b.c credentials are in the wrong format',
    ],
    [
      'an address that the certificate does not have',
      () => ({ host: 'localhost' }),
      `${applying} edge certificate from the cloudcore, error: failed to request the cloudcore server, err: Get "https://CLOUD/edge.crt": tls: failed to verify certificate: x509: certificate is valid for CLOUD, not CLOUD`,
    ],
    [
      'nobody at the port',
      async () => ({ certificate: await freePort() }),
      `${applying} CA certificate, err: Get "https://CLOUD/ca.crt": dial tcp CLOUD: connect: connection refused`,
    ],
  ])('is refused with %s', async (_, options, line) => {
    const { standIn } = await newNode(await options())
    expect(await standIn.ended()).toBe(2)
    expect(neutral(standIn.text)).toContain(line)
  })

  test('at the wrong port gets a certificate and never connects', async () => {
    const { standIn } = await newNode({ hub: ports.certificate })
    await standIn.logged(/Init websocket connection failed/, 2)
    expect(standIn.text).toContain(
      'dial websocket error(websocket: bad handshake), response message: response code: 404, response body: 404: Page Not Found',
    )
  })

  test('whose key is being replaced logs it and retries', async () => {
    const { standIn, certs } = await newNode({ hub: ports.certificate })
    await standIn.logged(/Init websocket connection failed/)
    writeFileSync(join(certs, 'server.key'), '')
    await standIn.logged(/Failed to load x509 key pair: tls: failed to find any PEM data in key input/)
    await standIn.logged(/connection failed: failed to load x509 key pair, error: .*will reconnect after/, 2)
  })

  test('panics when the cloud cannot create its Node', async () => {
    set({ refuseNodes: true })
    const { standIn } = await newNode()
    expect(await standIn.ended()).toBe(2)
    expect(standIn.text).toMatch(/panic: runtime error: invalid memory address.*client\.updateNodeDB/s)
  })

  test('stays unregistered when the apiserver was away, until it restarts', async () => {
    writeFileSync(pathOf('nodes'), '')
    set({ apiserverAway: true })
    const { standIn } = await newNode()
    await standIn.logged(/Node does not have NodeReady condition/, 3)
    expect(standIn.text).toMatch(/Successfully registered node/)
    expect(readFileSync(pathOf('nodes'), 'utf8')).toBe('')
  })

  test('notices after a minute that the cloud is silent', async () => {
    const { standIn } = await newNode()
    await standIn.logged(/Successfully registered node/)
    set({ silent: true })
    await standIn.logged(/lease\/edge-3 failed, error:timeout to get response for message/)
    expect(standIn.text).not.toMatch(/connection is broken/)
  })

  test('is thrown out by a second node of its name, and reconnects', async () => {
    const { standIn } = await newNode()
    await standIn.logged(/Successfully registered node/)
    const other = await newNode()
    await other.standIn.logged(/Successfully registered node/)
    await standIn.logged(/connection is broken, will reconnect after 30s/)
    await standIn.logged(/access successful/, 2)
  })
})

test('a node with a slow clock logs when the certificate becomes valid', async () => {
  await stop()
  await startCloud(new Date(Date.now() + 365 * aDay))
  const { standIn } = await newNode()
  expect(await standIn.ended()).toBe(2)
  expect(neutral(standIn.text)).toContain(
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time TIME is before TIME',
  )
})
