import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { afterAll, beforeAll, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { startAedes } from '../../lab/brokers/aedes.ts'
import { type Mutant, startMutant } from '../../lab/brokers/mutating-proxy.ts'
import { type SecuredBroker, startSecuredMosquitto } from '../../lab/brokers/secured-mosquitto.ts'
import { createAuthority, issueServerCertificate } from '../../src/broker/access/certificates.ts'
import { brokerTests } from '../../src/broker-test/groups/index.ts'
import { selectTests } from '../../src/broker-test/run/select.ts'
import { testBroker } from '../../src/broker-test/run/test-broker.ts'
import type { Target } from '../../src/broker-test/target.ts'
import { splitFrames } from '../../src/mqtt/frames.ts'
import { localNode } from '../../src/node/node.ts'
import { acks, connects, messages, subscribes } from './mutants/change.ts'

let broker: SecuredBroker
beforeAll(async () => {
  broker = await startSecuredMosquitto('mqtt')
})
afterAll(() => broker.stop())

/** A listener with a fault, as the tested one or beside it. */
interface Wrong {
  target?: Target
  listeners?: Target[]
  stop: () => unknown
}

const proxied = (mutant: Mutant) => async (): Promise<Wrong> => {
  const { port, stop } = await startMutant(broker.port, () => mutant)
  return { target: { ...broker.target, port }, stop }
}

/** Changes who a client is. */
const knows = (isStranger: (username: string | undefined, password: string | undefined) => boolean) =>
  proxied({
    toBroker: connects(({ connect }) => {
      const [username, password] = [connect?.username, connect?.password?.toString()]
      return isStranger(username, password) ? { ...broker.target.login } : {}
    }),
  })

const isUser = (username: string | undefined): boolean => username === broker.target.login?.username

/** TLS before the plain listener. */
const tls =
  (options: TlsOptions, issued = new Date()) =>
  async (): Promise<Wrong> => {
    const ca = await createAuthority('lab', issued)
    const { certificate, key } = await issueServerCertificate(ca, ['127.0.0.1'], issued)
    const server = createTlsServer({ cert: certificate, key, ...options }, client => {
      const upstream = net.connect(broker.port, '127.0.0.1')
      for (const socket of [client, upstream]) socket.on('error', () => undefined)
      client.pipe(upstream).pipe(client)
    })
    server.on('tlsClientError', () => undefined)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const listener = { ...broker.target, port, tls: { ca: ca.certificate } }
    return { listeners: [listener], stop: () => server.close() }
  }

interface Faults {
  /** What reaches the broker of a frame. */
  toBroker?: (frame: Buffer) => Buffer[]
  send?: (bytes: Buffer, client: WebSocket) => void
  options?: ConstructorParameters<typeof WebSocketServer>[0]
}

/** WebSockets before the plain listener. */
const websockets =
  ({ toBroker = frame => [frame], send = (bytes, client) => client.send(bytes), options }: Faults) =>
  async (): Promise<Wrong> => {
    const server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      handleProtocols: () => 'mqtt',
      ...options,
    })
    server.on('connection', client => {
      const upstream = net.connect(broker.port, '127.0.0.1')
      upstream.on('data', data => send(data, client)).on('error', () => undefined)
      upstream.on('close', () => client.terminate())
      client.on('message', (data: Buffer, isBinary) => {
        if (!isBinary) client.terminate()
        for (const bytes of toBroker(data)) upstream.write(bytes)
      })
      client.on('close', () => upstream.destroy())
    })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return {
      listeners: [{ ...broker.target, port, websockets: true }],
      stop: () => {
        for (const client of server.clients) client.terminate()
        server.close()
      },
    }
  }

const isWhole = (frame: Buffer): boolean => splitFrames(frame).rest.length === 0
const denied = '$edgekit/denied'

const mutants: readonly [fault: string, start: () => Promise<Wrong>, killer: string, related?: RegExp][] = [
  ['accepts clients without a user name', knows(user => user === undefined), 'access-no-login'],
  [
    'accepts any password',
    knows((user, password) => isUser(user) && !!password),
    'access-wrong-password',
    /^access-refused-take-over$/,
  ],
  [
    'accepts an empty password',
    knows((user, password) => isUser(user) && password === ''),
    'access-empty-password',
  ],
  [
    'does not ask for a password',
    knows((user, password) => isUser(user) && password === undefined),
    'access-no-password',
  ],
  ['accepts unknown users', knows(user => user !== undefined && !isUser(user)), 'access-unknown-user'],
  [
    'ignores its access list',
    proxied({
      toBroker: (packet, version) =>
        packet.type === 'subscribe'
          ? subscribes(({ subscriptions = [] }) => ({
              subscriptions: subscriptions.map(each =>
                each.filter === denied ? { ...each, filter: 'open' } : each,
              ),
            }))(packet, version)
          : messages(({ topic }) => (topic === denied ? { topic: 'open' } : {}))(packet, version),
    }),
    'access-denied-publish',
  ],
  [
    'acknowledges what it denies',
    proxied({ toClient: acks('puback', ({ bytes }) => [Buffer.from([0x40, 2, ...bytes.subarray(2, 4)])]) }),
    'access-denied-publish',
  ],
  [
    'shows a certificate that expires',
    tls({}, new Date(Date.now() - 1085 * 86_400_000)),
    'listener-certificate',
  ],
  ['accepts TLS 1.1', tls({ minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }), 'listener-old-tls'],
  [
    'has a listener of another broker',
    async () => {
      const other = await startAedes()
      return { listeners: [{ host: '127.0.0.1', port: other.port }], stop: () => other.stop() }
    },
    'listener-exchange',
  ],
  [
    'sends text frames',
    websockets({
      send: (bytes, client) => client.send(bytes, { binary: bytes.some(byte => byte >= 0x80) }),
    }),
    'websocket-binary',
  ],
  [
    'ignores frames without a whole packet',
    websockets({ toBroker: frame => (isWhole(frame) ? [frame] : []) }),
    'websocket-split',
    /^websocket-joined$/,
  ],
  [
    'reads one packet of a frame',
    websockets({ toBroker: frame => splitFrames(frame).frames.slice(0, 1) }),
    'websocket-joined',
    /^websocket-split$/,
  ],
  [
    'has a limit for frames',
    websockets({ toBroker: frame => (frame.length > 65_535 ? [] : [frame]) }),
    'websocket-large',
  ],
  ['does not answer a ping', websockets({ options: { autoPong: false } }), 'websocket-ping'],
  [
    'selects no subprotocol',
    websockets({ options: { handleProtocols: () => false } }),
    'websocket-subprotocol',
  ],
]

const tests = selectTests(brokerTests, ['access', 'listeners', 'websockets'])

test.concurrent.for([
  ['has no fault in TLS', tls({}), undefined, undefined] as const,
  ['has no fault in WebSockets', websockets({}), undefined, undefined] as const,
  ...mutants.map(([fault, start, killer, related]) => [fault, start, killer, related] as const),
])('a broker that %s', async ([, start, killer, related], { expect }) => {
  const wrong = await start()
  try {
    const report = await testBroker({
      target: wrong.target ?? broker.target,
      listeners: wrong.listeners ?? [],
      deniedTopic: denied,
      tests,
      timeLimitMs: 60_000,
      resendMs: 0,
      edgekitVersion: '0.0.0-test',
      files: localNode().files,
      signal: new AbortController().signal,
      onResult: () => undefined,
    })
    const bad = report.tests.filter(({ status }) => status === 'fail' || status === 'warn')
    const ids = [...new Set(bad.map(({ id }) => id))]
    if (killer !== undefined) expect(ids).toContain(killer)
    expect(ids.filter(id => id !== killer && !related?.test(id) && !id.startsWith('frame-'))).toEqual([])
  } finally {
    await wrong.stop()
  }
})
