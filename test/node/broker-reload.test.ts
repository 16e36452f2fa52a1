import { createPrivateKey, randomUUID, webcrypto, X509Certificate } from 'node:crypto'
import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import mqtt from 'mqtt'
import { describe, expect, test } from 'vitest'
import { freePort } from '../../lab/brokers/free-port.ts'
import { ImageMosquitto } from '../../lab/brokers/image-mosquitto.ts'
import { brokerProgram } from '../../lab/brokers/image-program.ts'
import { mosquittoProgram } from '../../lab/brokers/mosquitto.ts'
import {
  createAuthority,
  issueClientCertificate,
  issueServerCertificate,
  type KeyPair,
} from '../../src/broker/access/certificates.ts'
import { formatPasswordFile, hashPassword } from '../../src/broker/access/password-file.ts'
import { type BrokerChange, reloadTable } from '../../src/broker/profile/reload-table.ts'

interface Change {
  /** Lines of mosquitto.conf. */
  before: readonly string[]
  /** The same lines unless given. */
  after?: readonly string[]
  files?: Readonly<Record<string, string>>
  /** Those that are others afterwards. */
  filesAfter?: Readonly<Record<string, string>>
  /** Whether the broker acts as after the change. */
  isNew: (broker: ImageMosquitto) => Promise<boolean>
}

const now = new Date()
const authority = await createAuthority('edge-1', now)
const [otherAuthority, rsaAuthority] = await Promise.all([
  createAuthority('edge-2', now),
  createAuthority('edge-3', now, 'rsa-2048'),
])
const issueServer = (issuer: KeyPair) => issueServerCertificate(issuer, ['127.0.0.1'], now)
const issueDevice = (issuer: KeyPair) =>
  issueClientCertificate(issuer, { name: 'sensor-1', kind: 'p-256' }, now)
const [server, otherServer, rsaServer, device, otherDevice] = await Promise.all([
  issueServer(authority),
  issueServer(authority),
  issueServer(rsaAuthority),
  issueDevice(authority),
  issueDevice(otherAuthority),
])
/** Of no certificate, and of the one of the device. */
const [noneRevoked, deviceRevoked] = [await revocations([], 1), await revocations([device], 0)]

async function revocations(revoked: readonly KeyPair[], hoursAgo: number): Promise<string> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const key = createPrivateKey(authority.key).export({ format: 'der', type: 'pkcs8' })
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate).subject,
    thisUpdate: new Date(now.getTime() - hoursAgo * 3_600_000),
    nextUpdate: new Date(now.getTime() + 86_400_000),
    signingAlgorithm: algorithm,
    signingKey: await webcrypto.subtle.importKey('pkcs8', key, algorithm, false, ['sign']),
    entries: revoked.map(({ certificate }) => ({
      serialNumber: new x509.X509Certificate(certificate).serialNumber,
    })),
  })
  // The label that OpenSSL reads (RFC 7468, section 6).
  return `${list.toString('pem').replaceAll(/(?<=-----(?:BEGIN|END) )CRL/g, 'X509 CRL')}\n`
}

const ports = { secure: await freePort(), more: await freePort() }

async function open(port: number, options: mqtt.IClientOptions = {}): Promise<mqtt.MqttClient> {
  const protocol = options.ca === undefined ? 'mqtt' : 'mqtts'
  const client = await mqtt.connectAsync(
    `${protocol}://127.0.0.1:${port}`,
    {
      protocolVersion: 5,
      reconnectPeriod: 0,
      connectTimeout: 3_000,
      clientId: `edgekit-${randomUUID()}`,
      ...options,
    },
    false,
  )
  return client.on('error', () => {})
}

async function withClient<T>(
  port: number,
  use: (client: mqtt.MqttClient) => Promise<T>,
  options: mqtt.IClientOptions = {},
): Promise<T> {
  const client = await open(port, options)
  try {
    return await use(client)
  } finally {
    await client.endAsync(true)
  }
}

const accepts = (port: number, options?: mqtt.IClientOptions): Promise<boolean> =>
  withClient(port, async () => true, options).catch(() => false)

/** Whether the broker acknowledges a message; it disconnects the sender of one that is too large. */
const mayPublish = ({ port }: ImageMosquitto, bytes: number): Promise<boolean> =>
  withClient(port, client =>
    Promise.race([
      client.publishAsync('t', Buffer.alloc(bytes), { qos: 1 }).then(
        () => true,
        () => false,
      ),
      new Promise<false>(resolve => client.once('close', () => resolve(false))),
    ]),
  )

/** Whether a session that was offline receives 20 messages of 100 bytes. */
async function keeps20({ port }: ImageMosquitto): Promise<boolean> {
  const clientId = randomUUID()
  const session = { clientId, clean: false, properties: { sessionExpiryInterval: 60 } }
  const end = `end/${clientId}`
  await withClient(port, client => client.subscribeAsync(['queued', end], { qos: 1 }), session)
  await withClient(port, async client => {
    for (let sent = 0; sent < 20; sent++) await client.publishAsync('queued', Buffer.alloc(100), { qos: 1 })
  })
  let received = 0
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { ...session, protocolVersion: 5 })
  const isComplete = new Promise<void>(resolve => {
    client.on('message', topic => {
      if (topic === end) resolve()
      else received += 1
    })
  })
  await new Promise(resolve => client.once('connect', resolve))
  await client.publishAsync(end, '', { qos: 1 })
  await isComplete
  await client.endAsync(true, { properties: { sessionExpiryInterval: 0 } })
  return received === 20
}

async function connack({ port }: ImageMosquitto): Promise<mqtt.IConnackPacket> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, reconnectPeriod: 0 })
  const packet = await new Promise<mqtt.IConnackPacket>(resolve => client.once('connect', resolve))
  await client.endAsync(true)
  return packet
}

function shows({ certificate }: KeyPair): Promise<boolean> {
  const expected = new X509Certificate(certificate).fingerprint256
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port: ports.secure, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 === expected)
      socket.destroy()
    }).once('error', reject)
  })
}

const oldTls = { maxVersion: 'TLSv1.2' } as const
const trusting = { ca: authority.certificate }
const acceptsWith = ({ certificate, key }: KeyPair): Promise<boolean> =>
  accepts(ports.secure, { ...trusting, cert: certificate, key })

/** Whether the database is written when that is asked for. */
async function saves(broker: ImageMosquitto): Promise<boolean> {
  const path = join(broker.directory, 'mosquitto.db')
  await rm(path, { force: true })
  broker.signal('SIGUSR1')
  await sleep(400)
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Whether the log shows this about one more client. */
async function logs(broker: ImageMosquitto, text: string): Promise<boolean> {
  const from = broker.log.length
  await accepts(broker.port)
  await sleep(50)
  return broker.log.slice(from).includes(text)
}

const passwords = (user: string): string =>
  formatPasswordFile([{ name: user, hash: hashPassword('password', 101) }])
const asB = { username: 'b', password: 'password' }
const anonymous = 'allow_anonymous true'
const listener = `listener ${ports.secure} 127.0.0.1`
const pair = ['certfile server.crt', 'keyfile server.key']
const secure = [anonymous, listener, ...pair]
const filesOf = ({ certificate, key }: KeyPair): Record<string, string> => ({
  'server.crt': certificate,
  'server.key': key,
})
const files = { ...filesOf(server), 'ca.crt': authority.certificate }
const authenticated = ['cafile ca.crt', 'require_certificate true']

const changes: Record<BrokerChange, Change> = {
  passwords: {
    before: ['password_file passwd'],
    files: { passwd: passwords('a') },
    filesAfter: { passwd: passwords('b') },
    isNew: ({ port }) => accepts(port, asB),
  },
  acl: {
    before: [anonymous, 'acl_file acl'],
    files: { acl: 'topic read #\n' },
    filesAfter: { acl: 'topic readwrite #\n' },
    isNew: broker => mayPublish(broker, 1),
  },
  certificate: {
    before: secure,
    files,
    filesAfter: filesOf(otherServer),
    isNew: () => shows(otherServer),
  },
  certificateKind: {
    before: secure,
    files,
    filesAfter: filesOf(rsaServer),
    isNew: () => shows(rsaServer),
  },
  webSocketCertificate: {
    before: [...secure, 'protocol websockets'],
    files,
    filesAfter: filesOf(otherServer),
    isNew: () => shows(otherServer),
  },
  clientAuthority: {
    before: [...secure, ...authenticated],
    files,
    filesAfter: { 'ca.crt': otherAuthority.certificate },
    isNew: () => acceptsWith(otherDevice),
  },
  revocations: {
    before: [...secure, ...authenticated, 'crlfile revoked.pem'],
    files: { ...files, 'revoked.pem': noneRevoked },
    filesAfter: { 'revoked.pem': deviceRevoked },
    isNew: async () => !(await acceptsWith(device)),
  },
  allowAnonymous: {
    before: ['allow_anonymous false'],
    after: [anonymous],
    isNew: ({ port }) => accepts(port),
  },
  passwordFile: {
    before: ['password_file passwd'],
    after: ['password_file other'],
    files: { passwd: passwords('a'), other: passwords('b') },
    isNew: ({ port }) => accepts(port, asB),
  },
  aclFile: {
    before: [anonymous, 'acl_file acl'],
    after: [anonymous, 'acl_file other'],
    files: { acl: 'topic read #\n', other: 'topic readwrite #\n' },
    isNew: broker => mayPublish(broker, 1),
  },
  perListenerSettings: {
    before: ['allow_anonymous false'],
    after: ['per_listener_settings true', anonymous],
    isNew: ({ port }) => accepts(port),
  },
  listener: {
    before: [anonymous],
    after: [anonymous, `listener ${ports.more} 127.0.0.1`],
    isNew: () => accepts(ports.more),
  },
  certfile: {
    before: secure,
    after: [anonymous, listener, 'certfile other.crt', 'keyfile other.key'],
    files: {
      ...files,
      'other.crt': otherServer.certificate,
      'other.key': otherServer.key,
    },
    isNew: () => shows(otherServer),
  },
  requireCertificate: {
    before: [...secure, 'cafile ca.crt'],
    after: [...secure, ...authenticated],
    files,
    isNew: async () => !(await accepts(ports.secure, trusting)),
  },
  useIdentityAsUsername: {
    before: ['password_file passwd', listener, ...pair, ...authenticated],
    after: ['password_file passwd', listener, ...pair, ...authenticated, 'use_identity_as_username true'],
    files: { ...files, passwd: passwords('a') },
    isNew: () => acceptsWith(device),
  },
  tlsVersion: {
    before: secure,
    after: [...secure, 'tls_version tlsv1.3'],
    files,
    isNew: async () => !(await accepts(ports.secure, { ...trusting, ...oldTls })),
  },
  maxConnections: {
    before: [anonymous, 'max_connections 1'],
    after: [anonymous, 'max_connections 5'],
    // 2.0.11 accepts one more.
    isNew: ({ port }) => withClient(port, () => withClient(port, () => accepts(port))).catch(() => false),
  },
  maxPacketSize: {
    before: [anonymous, 'max_packet_size 1000'],
    after: [anonymous, 'max_packet_size 10000'],
    isNew: broker => mayPublish(broker, 5_000),
  },
  maxInflightMessages: {
    before: [anonymous, 'max_inflight_messages 7'],
    after: [anonymous, 'max_inflight_messages 9'],
    isNew: async broker => (await connack(broker)).properties?.receiveMaximum === 9,
  },
  maxQueuedMessages: {
    before: [anonymous, 'max_queued_messages 5'],
    after: [anonymous, 'max_queued_messages 50'],
    isNew: keeps20,
  },
  maxQueuedBytes: {
    before: [anonymous, 'max_queued_messages 100', 'max_queued_bytes 500'],
    after: [anonymous, 'max_queued_messages 100', 'max_queued_bytes 50000'],
    isNew: keeps20,
  },
  memoryLimit: {
    before: [anonymous, 'memory_limit 1000000'],
    after: [anonymous, 'memory_limit 100000000'],
    isNew: broker => mayPublish(broker, 3_000_000),
  },
  persistence: {
    before: [anonymous, 'persistence true'],
    after: [anonymous, 'persistence false'],
    isNew: async broker => !(await saves(broker)),
  },
  logType: {
    before: [anonymous, 'log_type information'],
    after: [anonymous, 'log_type information', 'log_type debug'],
    isNew: broker => logs(broker, 'Sending CONNACK'),
  },
  connectionMessages: {
    before: [anonymous, 'connection_messages false'],
    after: [anonymous, 'connection_messages true'],
    isNew: broker => logs(broker, 'New client connected'),
  },
}

describe.each([
  ['the broker image', () => brokerProgram('/usr/sbin/mosquitto')],
  ['mosquitto 2.0.11', () => mosquittoProgram('bookworm')],
] as const)('%s', (_, program) => {
  test.for(Object.entries(reloadTable))('%s', async ([name, { effect }]) => {
    const { before, after = before, files, filesAfter, isNew } = changes[name as BrokerChange]
    const logging = before.some(line => line.startsWith('log_type')) ? [] : ['log_type all']
    await using broker = await ImageMosquitto.start([...logging, ...before], files, await program())
    expect(await isNew(broker)).toBe(false)
    await broker.configure([...logging, ...after], filesAfter)
    broker.signal('SIGHUP')
    await expect.poll(() => broker.log, { interval: 20, timeout: 10_000 }).toContain('Reloading config')
    expect(await isNew(broker)).toBe(effect === 'reload')
    await broker.restart()
    expect(await isNew(broker)).toBe(true)
  })
})
