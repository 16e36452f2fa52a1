import { expect, test } from 'vitest'
import { defaultTopics } from '../../../src/devices/messages/topics.ts'
import { type Environment, endpointOf, readSettings } from '../../../src/devices/settings.ts'

const read = (text?: string, environment: Environment = {}) =>
  readSettings(text === undefined ? undefined : { path: '/s.yaml', text }, environment)
const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

const defaults = {
  broker: {
    host: '127.0.0.1',
    port: 1883,
    username: undefined,
    passwordFile: undefined,
    ca: undefined,
    clientId: 'edgekit-devices',
    sessionHours: 168,
  },
  databasePath: '/var/lib/edgekit/devices/devices.db',
  topics: defaultTopics,
  registerUnknown: false,
  leaseSeconds: 90,
  historyDays: undefined,
  http: { address: '127.0.0.1', port: 7883, tokenFile: '/var/lib/edgekit/devices/token' },
  commands: { topic: 'device/{id}/command', responseTopic: 'device/{id}/response', timeoutSeconds: 30 },
}

test.each([undefined, '', '# nothing', 'broker:\n  port: 1883'])('%j has the defaults', text => {
  expect(read(text)).toEqual(defaults)
})

test('everything can be set', () => {
  const text = `broker: { host: broker.example, username: backend, passwordFile: /etc/p, ca: /etc/ca.crt, clientId: c1, sessionHours: 1 }
database: { path: /data/d.db }
topics: [{ topic: 'plant/{id}', kind: report }]
registerUnknown: true
presence: { leaseSeconds: 30 }
history: { days: 30 }
http: { address: '::1', port: 0, tokenFile: /etc/t }
commands: { topic: 'c/{id}', responseTopic: 'r/{id}', timeoutSeconds: 5 }`
  expect(read(text)).toEqual({
    broker: {
      host: 'broker.example',
      port: 8883,
      username: 'backend',
      passwordFile: '/etc/p',
      ca: '/etc/ca.crt',
      clientId: 'c1',
      sessionHours: 1,
    },
    databasePath: '/data/d.db',
    topics: [{ topic: 'plant/{id}', kind: 'report' }],
    registerUnknown: true,
    leaseSeconds: 30,
    historyDays: 30,
    http: { address: '::1', port: 0, tokenFile: '/etc/t' },
    commands: { topic: 'c/{id}', responseTopic: 'r/{id}', timeoutSeconds: 5 },
  })
})

test('the environment has precedence, and an empty variable is not set', () => {
  const environment = { MQTT_BROKER: 'env.example', MQTT_PORT: '1884', MQTT_USERNAME: '', DB_HOST: '' }
  expect(read('broker: { host: h, port: 1, username: u }', environment).broker).toMatchObject({
    host: 'env.example',
    port: 1884,
    username: 'u',
  })
})

test.each([
  ['brokr: {}', '/s.yaml:1:1: unknown key "brokr", did you mean "broker"?'],
  ['broker: { prt: 1 }', '/s.yaml:1:11: unknown key "prt" in broker, did you mean "port"?'],
  ['broker: { port: abc }', '/s.yaml:1:17: broker.port: expected a number, found "abc"'],
  ['database: { path: relative.db }', '/s.yaml:1:19: database.path: expected an absolute path'],
  [
    'topics: [{ topic: a, kind: report }]',
    '/s.yaml:1:19: topics[0].topic: expected one {uuid} or {id}, found 0',
  ],
  ["topics: [{ topic: '{id}', kind: x }]", 'topics[0].kind: expected report or measurement or status'],
  ['presence: { leaseSeconds: 0 }', 'presence.leaseSeconds: expected at least 1'],
  ['history: { days: 0 }', 'history.days: expected at least 1'],
  ['http: { address: lan }', 'http.address: '],
  ['commands: { timeoutSeconds: 0 }', 'commands.timeoutSeconds: expected at least 1'],
  ['commands: { topic: a }', '/s.yaml:1:20: commands.topic: expected one {uuid} or {id}, found 0'],
  ["commands: { responseTopic: '{id}/{type}' }", 'commands.responseTopic: expected at most 0 {type}'],
  ['registerUnknown: yes', 'registerUnknown: expected true or false, found "yes"'],
])('%s', (text, words) => {
  const message = messageOf(() => read(text))
  expect(message).toContain('cannot use the settings /s.yaml:\n')
  expect(message).toContain(words)
})

test.each([
  [{ MQTT_PORT: 'abc' }, 'invalid MQTT_PORT "abc": expected a port from 1 to 65535'],
  [{ MQTT_PORT: '0' }, 'invalid MQTT_PORT "0": expected a port from 1 to 65535'],
  [{ DB_NAME: 'iot' }, 'cannot use DB_NAME: the service stores in SQLite only'],
  [{ DB_HOST: '', DB_PORT: '3306' }, 'cannot use DB_PORT: the service stores in SQLite only'],
])('%j', (environment, words) => {
  expect(messageOf(() => read(undefined, environment))).toBe(words)
})

test('a user name and a password make a login, and a CA makes TLS', () => {
  const settings = read(undefined, { MQTT_USERNAME: 'backend' })
  expect(endpointOf(settings, { password: 'p', ca: 'PEM' })).toEqual({
    host: '127.0.0.1',
    port: 1883,
    login: { username: 'backend', password: 'p' },
    tls: { ca: 'PEM', verify: true },
  })
})

test.each([
  [{ MQTT_USERNAME: 'u' }, undefined, 'a user name without a password'],
  [{}, 'p', 'a password without a user name'],
])('%j with the password %j is refused', (environment, password, reason) => {
  const settings = read(undefined, environment)
  expect(messageOf(() => endpointOf(settings, { password, ca: undefined }))).toBe(
    `cannot connect to the broker: ${reason}`,
  )
})
