import { expect, test } from 'vitest'
import { brokerTests } from '../../../src/broker-test/groups/index.ts'
import { lintRules } from '../../../src/broker-test/lint/lint-rules.ts'
import { topicMatches } from '../../../src/broker-test/lint/topic-match.ts'
import { explainTest, listTests, selectTests } from '../../../src/broker-test/run/select.ts'
import { parseTarget } from '../../../src/broker-test/target.ts'
import { groups } from '../../../src/broker-test/test.ts'

const { tests } = listTests(brokerTests)

test('every test has an id of its own, in kebab case', () => {
  const ids = tests.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  expect(ids.filter(id => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([])
})

test('every group has tests, and every test runs in a version', () => {
  expect([...new Set(tests.map(({ group }) => group))]).toEqual([...groups])
  expect(tests.filter(({ versions }) => versions.length === 0)).toEqual([])
  expect(brokerTests.length + lintRules.length).toBeGreaterThan(250)
})

test('statements are written as in the specification, without MQTT-', () => {
  const clauses = [...brokerTests, ...lintRules].flatMap(({ clauses }) => Object.values(clauses).flat())
  expect(clauses.filter(clause => !/^\d+(\.\d+){1,2}-\d+$/.test(clause))).toEqual([])
})

test('selects groups', () => {
  expect(
    selectTests(brokerTests, ['will', 'load']).every(({ group }) => group === 'will' || group === 'load'),
  ).toBe(true)
  expect(selectTests(brokerTests)).toHaveLength(brokerTests.length)
})

test('explains a test, and names the nearest one', () => {
  expect(explainTest('qos-2-to-1', brokerTests)).toMatchObject({
    group: 'qos',
    needs: ['qos2'],
    statements: [
      { version: '3.1.1', id: 'MQTT-3.8.4-6' },
      { version: '5', id: 'MQTT-3.8.4-8' },
    ],
  })
  expect(() => explainTest('qos-2-to-11', brokerTests)).toThrow(
    'there is no broker test "qos-2-to-11"; did you mean qos-2-to-1?',
  )
})

/** The examples of MQTT 5, sections 4.7.1 and 4.7.2. */
test.each([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'sport/tennis', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['#', '$SYS/a', false],
  ['+/monitor/Clients', '$SYS/monitor/Clients', false],
  ['$SYS/#', '$SYS/a', true],
  ['sensor/+/#', 'sensor/temperature', true],
  ['$share/group/a/+', 'a/b', true],
  ['ACCOUNTS', 'Accounts', false],
])('%s and %s: %s', (filter, topic, expected) => {
  expect(topicMatches(filter, topic)).toBe(expected)
})

const noAccess = { username: undefined, password: undefined, ca: undefined }

test.each([
  ['mqtt://broker.example', { host: 'broker.example', port: 1883 }],
  ['mqtt://127.0.0.1:1884/', { host: '127.0.0.1', port: 1884 }],
  ['mqtts://broker.example', { host: 'broker.example', port: 8883, tls: {} }],
  ['mqtt://[::1]:1883', { host: '::1', port: 1883 }],
  ['ws://broker.example', { host: 'broker.example', port: 80, websockets: true }],
  ['ws://127.0.0.1:9001/ws', { host: '127.0.0.1', port: 9001, websockets: true, path: '/ws' }],
  ['wss://broker.example', { host: 'broker.example', port: 443, tls: {}, websockets: true }],
])('%s is a broker', (url, target) => {
  expect(parseTarget(url, noAccess)).toEqual(target)
})

test('a user name, a password and a certificate authority', () => {
  expect(parseTarget('mqtts://b', { username: 'u', password: 'p', ca: 'CA' })).toEqual({
    host: 'b',
    port: 8883,
    login: { username: 'u', password: 'p' },
    tls: { ca: 'CA' },
  })
})

test.each([
  ['broker.example:1883', 'invalid URL "broker.example:1883"'],
  ['http://broker.example', 'invalid URL "http://broker.example"'],
  ['mqtt://', 'invalid URL "mqtt://"'],
  ['mqtt://b/topic', 'invalid URL "mqtt://b/topic"'],
  ['ws://b/mqtt?a=b', 'invalid URL "ws://b/mqtt?a=b"'],
  ['mqtt://user:secret@b', 'a password in the URL is visible to every user of this machine'],
])('%s is refused', (url, message) => {
  expect(() => parseTarget(url, noAccess)).toThrow(message)
})

test('a certificate authority requires TLS', () => {
  expect(() => parseTarget('mqtt://b', { ...noAccess, ca: 'CA' })).toThrow('--ca requires TLS')
})
