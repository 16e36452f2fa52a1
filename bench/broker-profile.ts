// What TLS, passwords, and rules cost with the mosquitto of the lab's broker image, and how long 1000 devices take to log in at once.

import { performance } from 'node:perf_hooks'
import { freePort } from '../lab/brokers/free-port.ts'
import { ImageMosquitto } from '../lab/brokers/image-mosquitto.ts'
import { createAuthority, issueServerCertificate } from '../src/broker/access/certificates.ts'
import { formatPasswordFile, hashPassword, iterations } from '../src/broker/access/password-file.ts'
import { aclText, withRoles } from '../src/broker/access/roles.ts'
import { Client } from '../src/broker-bench/load/client.ts'
import type { Target } from '../src/broker-test/target.ts'
import * as encode from '../src/mqtt/encode.ts'
import { packetTypes } from '../src/mqtt/packet.ts'
import { compare } from './lib/pairs.ts'
import type { Row } from './lib/rows.ts'

const pairs = 11
const users = 10_000
const devices = 1_000
const connections = 200
const messages = 10_000
/** Messages that are not acknowledged yet. */
const window = 200
/** Seconds. */
const mostStorm = 10

const password = 'a password of a device'
const host = '127.0.0.1'
const now = new Date()
const authority = await createAuthority('edge-1', now)
const server = await issueServerCertificate(authority, [host], now)
const nameOf = (at: number): string => `sensor-${at}`
const tls = { ca: authority.certificate }

/** Hashing all of them anew would take longer than the benchmark: they share one salt. */
function passwordFile(rounds: number): string {
  const hash = hashPassword(password, rounds)
  return formatPasswordFile(Array.from({ length: users }, (_, at) => ({ name: nameOf(at), hash })))
}

interface Broker extends AsyncDisposable {
  mosquitto: ImageMosquitto
  secure: number
}

/** A broker with a plain listener and one with TLS. */
async function start(rounds?: number): Promise<Broker> {
  const secure = await freePort()
  const access = rounds === undefined ? ['allow_anonymous true'] : ['password_file passwd', 'acl_file acl']
  const acl = withRoles({ anonymous: [], users: new Map(), patterns: [] })
  const mosquitto = await ImageMosquitto.start(
    [
      ...access,
      'set_tcp_nodelay true',
      'max_inflight_messages 1000',
      `listener ${secure} ${host}`,
      'certfile server.crt',
      'keyfile server.key',
    ],
    {
      'server.crt': server.certificate,
      'server.key': server.key,
      acl: aclText(acl),
      passwd: rounds === undefined ? '' : passwordFile(rounds),
    },
  )
  return { mosquitto, secure, [Symbol.asyncDispose]: () => mosquitto[Symbol.asyncDispose]() }
}

const loginOf = (at: number): Target['login'] => ({ username: nameOf(at), password })
const connect = (target: Target, at: number): Promise<Client> =>
  Client.connect({ target, version: 4, clientId: nameOf(at) })

async function connectAll(target: Target, isAuthenticated: boolean): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < connections) {
      const at = next++
      const client = await connect(isAuthenticated ? { ...target, login: loginOf(at) } : target, at)
      client.close()
    }
  }
  await Promise.all(Array.from({ length: 20 }, worker))
}

/** QoS 1, 100 bytes, until the last acknowledgment. */
async function publishAll(target: Target): Promise<void> {
  const client = await connect(target, 0)
  const { promise, resolve } = Promise.withResolvers<void>()
  let [sent, acknowledged] = [0, 0]
  const send = (): void => {
    while (sent < messages && sent - acknowledged < window) {
      sent += 1
      client.send(
        encode.publish(4, {
          topic: `device/${nameOf(0)}/data/x`,
          payload: Buffer.alloc(100),
          qos: 1,
          id: (sent % 65_535) + 1,
        }),
      )
    }
  }
  client.onPacket = (bytes, at) => {
    if ((bytes[at] ?? 0) >> 4 === packetTypes.puback) acknowledged += 1
  }
  client.onChunk = () => {
    if (acknowledged === messages) resolve()
    else send()
  }
  send()
  await promise
  client.close()
}

const milliseconds = (value: number): string => `${value.toFixed(0)} ms`

async function against(
  what: string,
  ours: () => Promise<void>,
  reference: () => Promise<void>,
): Promise<Row> {
  const found = await compare(ours, reference, pairs)
  return {
    what,
    ours: milliseconds(found.ours),
    reference: milliseconds(found.reference),
    ratio: found.ratio,
  }
}

/** Seconds until all devices are in, which try again as long as they are not. */
async function storm(rounds: number): Promise<number> {
  await using broker = await start(rounds)
  const target: Target = { host, port: broker.secure, tls }
  const logIn = async (at: number): Promise<Client> =>
    connect({ ...target, login: loginOf(at) }, at).catch(() => logIn(at))
  await broker.mosquitto.restart()
  const started = performance.now()
  const clients = await Promise.all(Array.from({ length: devices }, (_, at) => logIn(at)))
  const seconds = (performance.now() - started) / 1000
  for (const client of clients) client.close()
  return seconds
}

async function stormRow(what: string, rounds: number, budget?: number): Promise<Row> {
  const found = await storm(rounds)
  return {
    what: `${devices} devices log in at once, ${what}`,
    ours: `${found.toFixed(1)} s`,
    reference: `${mostStorm.toFixed(1)} s`,
    ratio: found / mostStorm,
    ...(budget !== undefined && { budget }),
  }
}

export default async function brokerProfile(): Promise<Row[]> {
  await using plain = await start()
  await using authenticated = await start(iterations.generated)
  const open: Target = { host, port: plain.mosquitto.port }
  const encrypted: Target = { host, port: plain.secure, tls }
  const known: Target = { host, port: authenticated.mosquitto.port }
  const both: Target = { host, port: authenticated.secure, tls }
  const variants = [
    { what: 'password and rules', target: known, isAuthenticated: true },
    { what: 'TLS', target: encrypted, isAuthenticated: false },
    { what: 'TLS, password, and rules', target: both, isAuthenticated: true },
  ]
  const rows: Row[] = []
  for (const { what, target, isAuthenticated } of variants)
    rows.push(
      await against(
        `${connections} connections with ${what}, against plain`,
        () => connectAll(target, isAuthenticated),
        () => connectAll(open, false),
      ),
    )
  for (const { what, target, isAuthenticated } of variants)
    rows.push(
      await against(
        `${messages} messages with ${what}, against plain`,
        () => publishAll(isAuthenticated ? { ...target, login: loginOf(0) } : target),
        () => publishAll(open),
      ),
    )
  rows.push(
    await against(
      `start with ${users} users, against none`,
      () => authenticated.mosquitto.restart(),
      () => plain.mosquitto.restart(),
    ),
    await stormRow(`${iterations.generated} iterations (generated passwords)`, iterations.generated, 1),
    await stormRow('1000 iterations', 1_000),
    await stormRow(`${iterations.typed} iterations (typed passwords)`, iterations.typed),
  )
  return rows
}
