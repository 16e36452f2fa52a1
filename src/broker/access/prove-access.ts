import { randomUUID, X509Certificate } from 'node:crypto'
import { connect as connectTls } from 'node:tls'
import type mqtt from 'mqtt'
import type { BrokerLogin } from '../../edgecore/config/mqtt-credentials.ts'
import { deadline } from '../../lib/deadline.ts'
import { messageOf } from '../../lib/errors.ts'
import { hostPort } from '../../lib/format.ts'
import { slowness } from '../../lib/slowness.ts'
import { type BrokerEndpoint, close, open, refusalOf } from '../connect.ts'
import type { Canaries } from './canaries.ts'

export interface AccessProof {
  /** Every listener, with the CA of those with TLS. The roles are tested at the last one. */
  endpoints: BrokerEndpoint[]
  edgecore: BrokerLogin
  canaries: Canaries
  /** The certificate that the listeners with TLS must show, in PEM. */
  certificate: string
}

const timeoutMs = 5_000 * slowness()

/**
 * Proves that each listener refuses who it must, accepts EdgeCore, and shows the right certificate, and that the roles may
 * do what they must and nothing else. MQTT 5, because with 3.1.1 the broker acknowledges what it denies. Throws an Error that
 * names the first difference.
 */
export async function proveAccess({
  endpoints,
  edgecore,
  canaries,
  certificate,
}: AccessProof): Promise<void> {
  for (const endpoint of endpoints) {
    if (endpoint.tls) await requireCertificate(endpoint, certificate)
    if (endpoint.tls?.cert !== undefined) await requireOwnCertificate(endpoint, edgecore)
    await requireRefusal(endpoint, undefined, 'a client without a user name')
    await requireRefusal(endpoint, { ...edgecore, password: randomUUID() }, 'a wrong password')
    await requireEdgecore({ ...endpoint, login: edgecore })
  }
  const last = endpoints.at(-1)
  if (last) await requireRoles(last, canaries)
}

const nameOf = ({ host, port }: BrokerEndpoint): string => hostPort(host, port)

/** The one that was just made, and not one that the broker has loaded before. */
async function requireCertificate(endpoint: BrokerEndpoint, expected: string): Promise<void> {
  const { host, port, tls } = endpoint
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate | undefined>()
  const { ca, cert, key } = tls ?? {}
  const socket = connectTls(
    { host, port, ca, cert, key, rejectUnauthorized: false, timeout: timeoutMs },
    () => resolve(socket.getPeerX509Certificate()),
  )
  socket.once('error', reject).once('timeout', () => reject(new Error('no answer')))
  try {
    const found = await promise.catch((error: unknown) => {
      throw new Error(`cannot connect to ${nameOf(endpoint)} with TLS: ${messageOf(error)}`, { cause: error })
    })
    if (found?.fingerprint256 !== new X509Certificate(expected).fingerprint256)
      throw new Error(`${nameOf(endpoint)} shows another certificate`)
  } finally {
    socket.destroy()
  }
}

/** A client without a certificate is not even asked for its password. */
async function requireOwnCertificate(endpoint: BrokerEndpoint, login: BrokerLogin): Promise<void> {
  const { cert: _cert, key: _key, ...tls } = endpoint.tls ?? {}
  const client = await open({ ...endpoint, tls, login }, timeoutMs, 5).catch(() => undefined)
  if (!client) return
  await close(client)
  throw new Error(`${nameOf(endpoint)} accepts a client without a certificate`)
}

async function requireRefusal(
  endpoint: BrokerEndpoint,
  login: BrokerLogin | undefined,
  who: string,
): Promise<void> {
  const outcome = await connected({ ...endpoint, login }).catch((error: unknown) => error)
  if (refusalOf(outcome) !== undefined) return
  if (outcome instanceof Error) throw outcome
  await close(outcome as mqtt.MqttClient)
  throw new Error(`${nameOf(endpoint)} accepts ${who}`)
}

/** Throws the error of a refusal as it is. */
async function connected(endpoint: BrokerEndpoint): Promise<mqtt.MqttClient> {
  try {
    return await open(endpoint, timeoutMs, 5)
  } catch (error) {
    if (refusalOf(error) !== undefined) throw error
    throw new Error(`cannot connect to ${nameOf(endpoint)}: ${messageOf(error)}`, { cause: error })
  }
}

async function login(endpoint: BrokerEndpoint): Promise<mqtt.MqttClient> {
  return connected(endpoint).catch((error: unknown) => {
    if (refusalOf(error) === undefined) throw error
    throw new Error(`${nameOf(endpoint)} refuses the user ${endpoint.login?.username}`, { cause: error })
  })
}

async function requireEdgecore(endpoint: BrokerEndpoint): Promise<void> {
  const client = await login(endpoint)
  try {
    const topic = `$hw/events/edgekit/${randomUUID()}`
    const inbox = await subscribe(client, topic)
    await requirePublish(client, topic, true)
    await inbox.require(topic)
  } finally {
    await close(client)
  }
}

async function requireRoles(endpoint: BrokerEndpoint, canaries: Canaries): Promise<void> {
  const [device, backend] = await Promise.all([
    login({ ...endpoint, login: canaries.device }),
    login({ ...endpoint, login: canaries.backend }),
  ])
  const name = canaries.device.username
  const other = `${name}-other`
  try {
    const ofDevice = await subscribe(device, 'device/#')
    const ofBackend = await subscribe(backend, 'device/#')
    await requirePublish(device, `device/${name}/status`, true)
    await ofBackend.require(`device/${name}/status`)
    for (const topic of [`device/${other}/status`, `device/${name}/command`, '$hw/events/edgekit'])
      await requirePublish(device, topic, false)
    await requirePublish(backend, `device/${name}/status`, false)
    await requirePublish(backend, `device/${other}/command`, true)
    await requirePublish(backend, `device/${name}/command`, true)
    await ofDevice.require(`device/${name}/command`)
    if (ofDevice.topics.includes(`device/${other}/command`))
      throw new Error('a device receives messages for another device')
  } finally {
    await Promise.all([device, backend].map(client => close(client)))
  }
}

interface Inbox {
  topics: readonly string[]
  /** Throws an Error unless a message on this topic has arrived or arrives in time. */
  require(topic: string): Promise<void>
}

async function subscribe(client: mqtt.MqttClient, filter: string): Promise<Inbox> {
  const topics: string[] = []
  client.on('message', topic => topics.push(topic))
  await client.subscribeAsync(filter, { qos: 1 })
  return {
    topics,
    async require(topic) {
      using end = deadline(timeoutMs)
      const late = end.passed.then(() => true)
      while (!topics.includes(topic)) {
        const arrived = new Promise<false>(resolve => client.once('message', () => resolve(false)))
        if (await Promise.race([late, arrived]))
          throw new Error(`${client.options.username} receives nothing on ${topic}`)
      }
    },
  }
}

/** The reason codes of MQTT 5, section 3.4.2.1: not authorized. */
const notAuthorized = 0x87

async function requirePublish(client: mqtt.MqttClient, topic: string, expected: boolean): Promise<void> {
  const refusal = await client.publishAsync(topic, 'edgekit', { qos: 1 }).then(
    () => undefined,
    (error: unknown) => {
      if (refusalOf(error) === notAuthorized) return notAuthorized
      throw error
    },
  )
  if ((refusal === undefined) === expected) return
  throw new Error(`${client.options.username} ${expected ? 'may not' : 'may'} publish on ${topic}`)
}
