import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseXml } from '@rgrove/parse-xml'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { startAedes } from '../../../lab/brokers/aedes.ts'
import { startMutant } from '../../../lab/brokers/mutating-proxy.ts'
import { open } from '../../../src/broker/connect.ts'
import { brokerTests } from '../../../src/broker-test/groups/index.ts'
import { lintRules } from '../../../src/broker-test/lint/lint-rules.ts'
import BrokerTest from '../../../src/commands/broker/test.ts'
import { jsonOutput } from '../../json-output.ts'
import { runCommand } from './run-command.ts'

let directory: string
let broker: Awaited<ReturnType<typeof startAedes>>
let url: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-broker-test-'))
  broker = await startAedes()
  url = `mqtt://127.0.0.1:${broker.port}`
})
beforeEach(() => void vi.stubEnv('XDG_STATE_HOME', directory))
afterAll(async () => {
  await broker.stop()
  await rm(directory, { recursive: true })
})

const records = (): Promise<string[]> => readdir(join(directory, 'edgekit/broker-test'))

test('a healthy group: JSON, exit code 0, and no record', async () => {
  const { stdout, exitCode } = await runCommand(BrokerTest, url, '--group', 'wildcards', '--json')
  const report = jsonOutput('broker-test', stdout)
  expect(report.tests.filter(({ status }) => status === 'fail')).toEqual([])
  expect(report.summary.pass).toBeGreaterThan(20)
  expect(report).toMatchObject({ exitCode: 0, leftovers: [], broker: { versions: ['3.1.1', '5'] } })
  expect(exitCode).toBe(0)
  expect(await records()).toEqual([])
})

test('a fault: exit code 3, with the statement and the frames', async () => {
  const { stdout, exitCode } = await runCommand(BrokerTest, url, '--group', 'flow-control')
  const text = stdout.replaceAll(/\s+/g, ' ')
  expect(text).toContain('FAIL At most 1 messages of QoS 1 wait for their acknowledgment (MQTT 5)')
  expect(text).toContain('Seen: 10 messages arrived, and the client accepts 1')
  expect(text).toContain('Statements: MQTT-3.3.4-9, ')
  expect(text).toContain('| received: PUBLISH, id ')
  expect(text).toContain('More: edgekit broker test --explain receive-maximum-1-qos-1')
  expect(exitCode).toBe(3)
})

test('JUnit and Markdown go to a file, and text to the terminal', async () => {
  const file = join(directory, 'report')
  const group = ['--group', 'publish', '--group', 'retained']
  const junit = await runCommand(BrokerTest, url, ...group, '--output', 'junit', '--report', file)
  expect(junit.stdout).toContain('publish: ')
  expect(parseXml(await readFile(file, 'utf8')).root?.name).toBe('testsuites')
  await runCommand(BrokerTest, url, ...group, '--output', 'markdown', '--report', file)
  const markdown = await readFile(file, 'utf8')
  expect(markdown).toContain('| publish-round-trip | 5 | publish | ok | as specified |')
  expect(markdown).toMatch(/^# Broker test: mqtt:/)
})

test("leaves other clients' messages, and removes its own", async () => {
  const endpoint = { host: '127.0.0.1', port: broker.port }
  const foreign = await open(endpoint, 5_000)
  await foreign.publishAsync('plant/line', 'kept', { retain: true, qos: 1 })
  await runCommand(BrokerTest, url, '--group', 'retained', '--group', 'sessions', '--group', 'will', '--json')
  const kept: string[] = []
  foreign.on('message', (topic, payload) => kept.push(`${topic} ${payload.toString()}`))
  await foreign.subscribeAsync('#')
  await new Promise(resolve => setTimeout(resolve, 500))
  expect(kept).toEqual(['plant/line kept'])
  await foreign.endAsync()
})

test('--cleanup removes what a killed run left', async () => {
  const run = 'ekabc123'
  const client = await open({ host: '127.0.0.1', port: broker.port }, 5_000)
  await client.publishAsync(`${run}/1v5/shelf`, 'left', { retain: true, qos: 1 })
  await client.publishAsync('ekother1/1v5/shelf', 'foreign', { retain: true, qos: 1 })
  const record = join(directory, 'edgekit/broker-test', `${run}.jsonl`)
  const lines = [
    { schemaVersion: 1, address: url },
    { version: 5, retained: `${run}/1v5/shelf` },
    { version: 5, session: `${run}1v5c1` },
  ]
  // The kill cut off the last line.
  await writeFile(record, `${lines.map(line => JSON.stringify(line)).join('\n')}\n{"version":5,"ret`)
  const { stdout, exitCode } = await runCommand(BrokerTest, '--cleanup', run, '--json')
  expect(jsonOutput('broker-test-cleanup', stdout)).toMatchObject({
    removed: [`retained message on ${run}/1v5/shelf`, `session ${run}1v5c1`],
    leftovers: [],
  })
  expect(exitCode).toBe(0)
  const left: string[] = []
  client.on('message', topic => left.push(topic))
  await client.subscribeAsync(['ekother1/#', `${run}/#`])
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(left).toEqual(['ekother1/1v5/shelf'])
  await client.endAsync()
  const again = await runCommand(BrokerTest, '--cleanup', run)
  expect(again.stderr).toContain(`cannot clean up after run "${run}": there is no record of it`)
  expect(again.exitCode).toBe(2)
})

test('what the broker lacks is declared, and skipped', async () => {
  const args = [
    '--group',
    'qos',
    '--group',
    'retained',
    '--capability',
    'max-qos=1',
    '--capability',
    'retain=no',
  ]
  const { tests } = jsonOutput('broker-test', (await runCommand(BrokerTest, url, ...args, '--json')).stdout)
  const skipped = (id: string) =>
    tests.filter(test => test.id === id).map(({ status, observed }) => `${status}: ${observed}`)
  expect(new Set(skipped('qos-2-to-1'))).toEqual(new Set(['skip: the broker has Maximum QoS 1']))
  expect(new Set(skipped('retained-qos-0'))).toEqual(new Set(['skip: the broker keeps no retained messages']))
  expect(new Set(skipped('qos-1-to-2'))).toEqual(new Set(['pass: as specified']))
})

test('the time limit leaves tests inconclusive, and exit code 5', async () => {
  const { stdout, exitCode } = await runCommand(
    BrokerTest,
    url,
    '--group',
    'keep-alive',
    '--time-limit',
    '1s',
    '--json',
  )
  const { tests } = jsonOutput('broker-test', stdout)
  const statuses = tests.filter(({ group }) => group === 'keep-alive').map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set(['inconclusive']))
  expect(exitCode).toBe(5)
})

test('--compare shows only what differs', async () => {
  // The second broker loses messages whose payload begins with FF.
  const { port, stop } = await startMutant(broker.port, () => ({
    toClient: packet => (packet.type === 'publish' && packet.payload?.[0] === 0xff ? [] : [packet.bytes]),
  }))
  onTestFinished(stop)
  const other = `mqtt://127.0.0.1:${port}`
  const compare = (url: string, ...args: string[]) =>
    runCommand(BrokerTest, url, '--group', 'publish', '--compare', other, ...args)
  const { stdout, exitCode } = await compare(url, '--json')
  const { differences, same } = jsonOutput('broker-test-compare', stdout)
  expect(
    differences.map(({ id, version, first, second }) => [id, version, first.status, second.status]),
  ).toEqual([
    ['publish-payload-invalid-utf8', '3.1.1', 'pass', 'fail'],
    ['publish-payload-invalid-utf8', '5', 'pass', 'fail'],
  ])
  expect(same).toBeGreaterThan(20)
  expect(exitCode).toBe(3)
  const text = (await compare(url)).stdout.replaceAll(/\s+/g, ' ')
  expect(text).toContain(
    `First: ${url} · MQTT 3.1.1 and 5 Second: ${other} · MQTT 3.1.1 and 5 2 differences; `,
  )
  expect(text).toContain('First: pass: as specified')
  expect(text).toContain('Second: fail: no PUBLISH within 3 s')
  const equal = await compare(other)
  expect(equal.stdout).toContain('No difference in ')
  expect(equal.exitCode).toBe(0)
  expect((await compare(url, '--output', 'junit')).stderr).toContain('--compare has no format junit')
})

test.each([
  ['--compare', 'mqtt://127.0.0.1'],
  ['--listener', 'mqtts://127.0.0.1'],
  ['--denied-topic', 'device/other'],
])('%s requires a URL', async (...args) => {
  const { stderr, exitCode } = await runCommand(BrokerTest, ...args)
  expect(stderr).toContain(`${args[0]} requires the URL of a broker`)
  expect(exitCode).toBe(2)
})

test('another listener is tested, too', async () => {
  const { stdout } = await runCommand(BrokerTest, url, '--listener', url, '--group', 'listeners', '--json')
  const { tests } = jsonOutput('broker-test', stdout)
  expect(tests.find(({ id }) => id === 'listener-exchange')?.status).toBe('pass')
})

test('--list and --explain', async () => {
  const list = jsonOutput('broker-test-list', (await runCommand(BrokerTest, '--list', '--json')).stdout)
  expect(list.tests).toHaveLength(brokerTests.length + lintRules.length)
  const { stdout } = await runCommand(BrokerTest, '--explain', 'wildcard-plus-hash', '--json')
  expect(jsonOutput('broker-test-explain', stdout).note).toContain(
    'sensor/+/# does not match sensor/temperature',
  )
  const unknown = await runCommand(BrokerTest, '--explain', 'nothing-like-it')
  expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no broker test') })
})

test('a password is in no report', async () => {
  const password = join(directory, 'password')
  await writeFile(password, 'extremely-secret\n')
  const args = ['--username', 'u', '--password-file', password, '--group', 'connect', '--json']
  const { stdout } = await runCommand(BrokerTest, url, ...args)
  expect(stdout).toContain('with user name')
  expect(stdout).not.toContain('extremely-secret')
  expect(stdout).not.toContain(Buffer.from('extremely-secret').toString('hex'))
})
