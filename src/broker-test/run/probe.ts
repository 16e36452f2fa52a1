import { deadline } from '../../lib/deadline.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { type Packet, textOf } from '../../mqtt/decode.ts'
import type { Version } from '../../mqtt/packet.ts'
import { describeReason } from '../../mqtt/reasons.ts'
import { announcedIn, type Capabilities } from '../capabilities.ts'
import { type Client, type RunParts, TestContext } from '../context.ts'
import { openSocket } from '../open-socket.ts'
import { addressOf, type Target } from '../target.ts'
import { Verdict } from '../verdict.ts'

/** A broker answers a CONNECT in milliseconds; a slow network needs a second. */
const answerMs = 5_000

/** Before anything is known, all is possible. */
export const unknownCapabilities: Capabilities = {
  ...announcedIn([]),
  refused: {},
  systemTopics: false,
  subscriptionDelayMs: 0,
}

/**
 * Connect with both versions, and find out what the broker offers. Throws EdgekitError (broker-not-testable) when it accepts
 * neither, or is not a broker.
 */
export async function probe(
  parts: Omit<RunParts, 'capabilities'>,
): Promise<{ capabilities: Capabilities; brokerVersion: string | undefined }> {
  const address = addressOf(parts.target)
  await firstAnswer(parts.target).catch(error => {
    throw notTestable(address, reasonOf(error))
  })
  const context = (version: Version): TestContext =>
    new TestContext({ ...parts, capabilities: unknownCapabilities }, version, 0)
  const contexts = { 4: context(4), 5: context(5) }
  try {
    const [old, current] = await Promise.all([accepted(contexts[4]), accepted(contexts[5])])
    const best = typeof current === 'string' ? old : current
    if (typeof best === 'string') throw notTestable(address, best)
    const refused: Capabilities['refused'] = {
      ...(typeof old === 'string' && { 4: `the broker does not accept MQTT 3.1.1: ${old}` }),
      ...(typeof current === 'string' && { 5: `the broker does not accept MQTT 5: ${current}` }),
    }
    const found = best === current ? contexts[5] : contexts[4]
    const [subscriptionDelayMs, system] = await Promise.all([subscriptionDelay(found), systemTopics(best)])
    const announced = announcedIn(best.connack.properties)
    return {
      capabilities: {
        ...announced,
        // MQTT 3.1.1 does not have them, and announces nothing.
        shared: refused[5] === undefined && announced.shared,
        refused,
        subscriptionDelayMs,
        systemTopics: system !== undefined,
      },
      brokerVersion: system?.version,
    }
  } catch (error) {
    if (!(error instanceof Verdict)) throw error
    throw notTestable(address, error.message)
  } finally {
    await Promise.all(Object.values(contexts).map(each => each.close()))
  }
}

/** A client, or why the broker does not accept this version. */
async function accepted(context: TestContext): Promise<Client | string> {
  const client = await context.open()
  const clientId = context.newClientId()
  await client.send(context.connectPacket({ clientId }))
  const connack = await client.find('connack', undefined, answerMs)
  if (!connack) return client.isClosed ? 'it closed the connection' : `no CONNACK within ${answerMs / 1000} s`
  if (connack.reason !== 0) return describeReason(connack.reason ?? 0, 'connack', context.version)
  // Also what sends one CONNACK after the other fails here.
  await client.ping()
  if (client.waiting.some(({ type }) => type === 'connack')) return 'it sends more than one CONNACK'
  return Object.assign(client, { connack, clientId })
}

/** What has not arrived by then does not arrive. */
const settledMs = 2_000

/** How long after a SUBACK a message is still not delivered; some brokers of several machines need a moment. */
async function subscriptionDelay(context: TestContext): Promise<number> {
  const [publisher, subscriber] = await Promise.all([context.connect(), context.connect()])
  const topic = context.topic('path')
  await subscriber.subscribe(topic, { qos: 0 })
  const started = performance.now()
  const sentMs: number[] = []
  while (performance.now() - started < settledMs) {
    sentMs.push(performance.now() - started)
    await publisher.publish({ topic, payload: `${sentMs.length - 1}` })
    const first = await subscriber.find('publish', undefined, 100)
    // The first that arrives, not the first that is late: on a busy machine all of them are. Twice, so that the tests do not
    // depend on it to the millisecond.
    if (first)
      return textOf(first.payload) === '0' ? 0 : Math.round(2 * (sentMs[Number(textOf(first.payload))] ?? 0))
  }
  throw notTestable(
    addressOf(context.parts.target),
    `a message to a topic below ${context.parts.run}/ does not reach its subscriber`,
  )
}

/** Whether something arrives from `$SYS/#`, and the broker version if it is published there. */
async function systemTopics(client: Client): Promise<{ version: string | undefined } | undefined> {
  try {
    await client.subscribe('$SYS/#', { qos: 0 })
    const isSystem = ({ topic = '' }: Packet): boolean => topic.startsWith('$SYS/')
    if (!(await client.find('publish', isSystem, settledMs))) return undefined
    const version = await client.find('publish', ({ topic = '' }) => topic.endsWith('/version'), 200)
    return { version: version?.payload?.toString().slice(0, 80) }
  } catch (error) {
    if (error instanceof Verdict) return undefined
    throw error
  }
}

/** The first bytes of what answers, before they are read as MQTT. Throws when they are not a CONNACK. */
async function firstAnswer(target: Target): Promise<void> {
  const socket = await openSocket(target, answerMs)
  let received: Buffer = Buffer.alloc(0)
  const enough = Promise.withResolvers<void>()
  socket.on('data', data => {
    received = Buffer.concat([received, data])
    if (received.length >= 2 && received.length >= 2 + (received[1] ?? 0)) enough.resolve()
    if (received.length > 65_536) enough.resolve()
  })
  socket.on('close', () => enough.resolve()).on('error', () => enough.resolve())
  using end = deadline(answerMs)
  // MQTT 3.1.1 with an empty client id: accepted or refused, every broker answers it.
  socket.write(Buffer.from('100c00044d5154540402003c0000', 'hex'))
  await Promise.race([enough.promise, end.passed])
  socket.destroy()
  const problem = notMqtt(received, end.signal.aborted)
  if (problem) throw new Error(problem)
}

function notMqtt(received: Buffer, isLate: boolean): string | undefined {
  const text = received.toString('latin1')
  if (/^HTTP\//.test(text)) return 'an HTTP server answers'
  // Alert (21) or handshake (22), version 3.x (RFC 8446, section 5.1).
  if ((received[0] === 21 || received[0] === 22) && received[1] === 3)
    return 'the port expects TLS; use mqtts:// instead of mqtt://'
  if (received.length === 0) return isLate ? `no answer within ${answerMs / 1000} s` : undefined
  if (received[0] !== 0x20) return 'what answers is not an MQTT broker'
  if ((received[1] ?? 0) > 0x7f || received.length > 65_536) return 'its CONNACK has no end'
  if (received.length < 2 + (received[1] ?? 0))
    return `its CONNACK is not complete after ${answerMs / 1000} s`
  return undefined
}

/** Why a client that verifies the certificate refuses it, by the code of OpenSSL or Node.js. */
const certificateProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  CERT_NOT_YET_VALID: 'its TLS certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for other names',
}

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^(?:ERR_SSL|EPROTO)/.test(code)) return 'the port does not accept TLS'
  const problem = certificateProblems[code]
  if (problem) return problem
  if (/CERT|SELF_SIGNED|ISSUER|UNABLE_TO/.test(code)) return 'its TLS certificate is not trusted'
  const message = messageOf(error)
  if (/^Unexpected server response: /.test(message)) return 'an HTTP server without MQTT answers'
  if (/subprotocol/.test(message)) return 'its WebSocket does not speak MQTT'
  return message
}

const notTestable = (address: string, reason: string): EdgekitError =>
  new EdgekitError(`cannot test ${address}: ${reason}`, {
    code: 'broker-not-testable',
    remedy: remedyFor(reason),
  })

function remedyFor(reason: string): string {
  if (/not authorized|user name|0x0?[45]\b/.test(reason))
    return 'Add --username NAME and --password-file FILE of a user that may publish and subscribe.'
  if (/not trusted/.test(reason)) return 'Name its certificate authority with --ca FILE.'
  if (/other names/.test(reason)) return 'Use a host name or an address of its certificate in the URL.'
  if (/certificate/.test(reason)) return 'Renew its certificate, and check the clock of this machine.'
  if (/MQTT answers|WebSocket/.test(reason))
    return 'Add the path of the broker to the URL, such as ws://HOST:PORT/mqtt.'
  if (/TLS/.test(reason)) return 'Check the scheme of the URL: mqtt:// for plain MQTT, mqtts:// for TLS.'
  return 'Check the address, and that an MQTT broker listens there.'
}
