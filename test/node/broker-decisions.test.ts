import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import mqtt from 'mqtt'
import { expect, test } from 'vitest'
import { ImageMosquitto } from '../../lab/brokers/image-mosquitto.ts'
import { brokerProgram } from '../../lab/brokers/image-program.ts'
import { mosquittoProgram } from '../../lab/brokers/mosquitto.ts'
import { sh } from '../../lab/shell.ts'
import { type AclRequest, checkAcl, readAcl } from '../../src/broker/access/acl.ts'
import {
  formatPasswordFile,
  hashPassword,
  iterations,
  matchesHash,
  readPasswordFile,
} from '../../src/broker/access/password-file.ts'
import { readSavedSessions } from '../../src/broker/saved-sessions.ts'

const password = 'correct horse battery'
const passwords = ['a', 'b', 'admin', 'witness'].map(name => ({
  name,
  hash: hashPassword(password, iterations.generated),
}))

/** Few different ones, so that rules and requests often meet. */
const level = fc.constantFrom('a', 'b', 'c', '', 'é')
const first = fc.oneof({ weight: 4, arbitrary: level }, { weight: 1, arbitrary: fc.constant('$hw') })
const topic = fc
  .tuple(first, fc.array(level, { maxLength: 2 }))
  .map(([begin, rest]) => [begin, ...rest].join('/'))
  .filter(text => text !== '')
const filterOf = (extra: readonly string[]) =>
  fc
    .tuple(
      fc.array(fc.oneof(first, fc.constantFrom('+', ...extra)), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
    )
    .map(([levels, isOpen]) => [...levels, ...(isOpen ? ['#'] : [])].join('/'))
    .filter(text => text !== '')
const access = fc.constantFrom('read', 'write', 'readwrite', 'deny')
const rule = (keyword: string, extra: readonly string[]) =>
  fc.tuple(access, filterOf(extra)).map(([kind, filter]) => `${keyword} ${kind} ${filter}`)
const topics = fc.array(rule('topic', []), { maxLength: 3 })
const acl = fc
  .tuple(topics, fc.array(rule('pattern', ['%u', '%c', 'a%u']), { maxLength: 3 }), topics, topics)
  .map(([anonymous, patterns, ofA, ofB]) =>
    [...anonymous, ...patterns, 'user a', ...ofA, 'user b', ...ofB].join('\n'),
  )
const request: fc.Arbitrary<AclRequest> = fc.record({
  user: fc.constantFrom('a', 'b', undefined),
  clientId: fc.constantFrom('a', 'c', 'x+'),
  topic,
  access: fc.constantFrom('read', 'write'),
})

async function connect(broker: ImageMosquitto, username: string | undefined, clientId: string) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
    clientId,
    protocolVersion: 5,
    reconnectPeriod: 0,
    ...(username !== undefined && { username, password }),
  })
  return { client, [Symbol.asyncDispose]: () => client.endAsync() }
}

/** With MQTT 5: with MQTT 3.1.1 the broker acknowledges what it denies. */
async function mayWrite(client: mqtt.MqttClient, on: string): Promise<boolean> {
  return client.publishAsync(on, 'x', { qos: 1 }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof mqtt.ErrorWithReasonCode && error.code === 0x87) return false
      throw error
    },
  )
}

async function mayRead(client: mqtt.MqttClient, admin: mqtt.MqttClient, on: string): Promise<boolean> {
  const received: string[] = []
  client.on('message', name => received.push(name))
  await client.subscribeAsync(on)
  await admin.publishAsync(on, 'x', { qos: 1 })
  // The broker has sent the message, if at all, before it acknowledged it: it arrives before the answer to a later packet.
  await client.unsubscribeAsync(on)
  return received.includes(on)
}

async function brokerAnswers(broker: ImageMosquitto, asked: readonly AclRequest[]): Promise<boolean[]> {
  await using admin = await connect(broker, 'admin', 'admin')
  const answers: boolean[] = []
  for (const { user, clientId, topic: on, access: kind } of asked) {
    await using asking = await connect(broker, user, clientId)
    const { client } = asking
    answers.push(await (kind === 'write' ? mayWrite(client, on) : mayRead(client, admin.client, on)))
  }
  return answers
}

test('edgekit broker acl check gives the answer of mosquitto in 200 random cases', async () => {
  const config = 'allow_anonymous true\npassword_file passwd\nacl_file acl\n'
  await using broker = await ImageMosquitto.start([config], {
    passwd: formatPasswordFile(passwords),
    acl: '',
  })
  let runs = 0
  await fc.assert(
    fc.asyncProperty(acl, fc.array(request, { minLength: 8, maxLength: 8 }), async (text, asked) => {
      const loaded = `loaded/${runs++}`
      const ofAdmin = `user admin\ntopic readwrite #\ntopic readwrite $hw/#\n`
      await writeFile(
        join(broker.directory, 'acl'),
        `${text}\n${ofAdmin}user witness\ntopic write ${loaded}\n`,
      )
      broker.signal('SIGHUP')
      {
        await using waiting = await connect(broker, 'witness', 'witness')
        await expect.poll(() => mayWrite(waiting.client, loaded), { interval: 10 }).toBe(true)
      }
      const expected = asked.map(each => checkAcl(readAcl(text), each).allowed)
      expect(await brokerAnswers(broker, asked)).toEqual(expected)
    }),
    { numRuns: 25 },
  )
}, 120_000)

test('mosquitto_passwd hashes passwords as edgekit does', async () => {
  await using broker = await ImageMosquitto.start(['allow_anonymous true'], { passwd: '' })
  const file = join(broker.directory, 'passwd')
  const names = ['sensor', '温度-2']
  const program = await brokerProgram('/usr/bin/mosquitto_passwd')
  for (const name of names) await sh`${program} -b ${file} ${name} ${password}`
  const entries = readPasswordFile(await readFile(file, 'utf8'))
  expect(entries.map(({ name }) => name)).toEqual(names)
  for (const { hash } of entries) {
    expect(hash).toMatch(/^\$7\$101\$/)
    expect([matchesHash(password, hash), matchesHash(`${password}x`, hash)]).toEqual([true, false])
  }
})

test.each([
  ['the broker image', () => brokerProgram('/usr/sbin/mosquitto')],
  ['mosquitto 2.0.11', () => mosquittoProgram('bookworm')],
] as const)('%s saves the user of each durable session', async (_, program) => {
  const files = { passwd: formatPasswordFile(passwords) }
  await using broker = await ImageMosquitto.start(['password_file passwd'], files, await program())
  const sessions = ['a', 'b'].map(username => ({ clientId: `client of ${username} é`, username }))
  for (const session of sessions) {
    const options = { ...session, password, clean: false, reconnectPeriod: 0 }
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, options)
    await client.subscribeAsync('t', { qos: 1 })
    await client.publishAsync('t', 'x', { qos: 1, retain: true })
    await client.endAsync()
  }
  broker.signal('SIGUSR1')
  const database = join(broker.directory, 'mosquitto.db')
  await expect.poll(() => existsSync(database)).toBe(true)
  const saved = await readSavedSessions([await readFile(database)])
  expect(saved.toSorted((one, other) => one.user.localeCompare(other.user))).toEqual(
    sessions.map(({ clientId, username }) => ({ clientId, user: username })),
  )
})
