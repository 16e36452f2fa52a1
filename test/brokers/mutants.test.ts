import { afterAll, beforeAll, expect, test } from 'vitest'
import { startMosquitto } from '../../lab/brokers/mosquitto.ts'
import { type Mutant, startMutant } from '../../lab/brokers/mutating-proxy.ts'
import type { LabBroker } from '../../lab/brokers/program.ts'
import { brokerTests } from '../../src/broker-test/groups/index.ts'
import { testBroker } from '../../src/broker-test/run/test-broker.ts'
import { localNode } from '../../src/node/node.ts'
import { mutants } from './mutants/index.ts'

/** One of each kind: a fault must not make tests fail that have nothing to do with it. */
const sample = [
  'connect-accepted',
  'publish-round-trip',
  'publish-payload-binary',
  'qos-1-to-1',
  'qos-2-to-2',
  'wildcard-plus-middle',
  'subscribe-acknowledged',
  'unsubscribe-acknowledged',
  'session-present',
  'property-content-type',
  'limit-topic-levels',
]

let broker: LabBroker
beforeAll(async () => {
  broker = await startMosquitto('trixie')
})
afterAll(() => broker.stop())

/** The ids of the tests that fail on a broker with this fault, of those that may find it and of the sample. */
async function failuresOf(mutant: () => Mutant, wanted: (id: string) => boolean): Promise<string[]> {
  const { port, stop } = await startMutant(broker.port, mutant)
  const { tests } = await testBroker({
    target: { host: '127.0.0.1', port },
    tests: brokerTests.filter(({ id }) => wanted(id) || sample.includes(id)),
    timeLimitMs: 60_000,
    resendMs: 0,
    nodeName: undefined,
    edgekitVersion: '0.0.0-test',
    files: localNode().files,
    signal: new AbortController().signal,
    onResult: () => undefined,
  }).finally(stop)
  return [...new Set(tests.filter(({ status }) => status === 'fail').map(({ id }) => id))]
}

test('the proxy alone causes no failure', async () => {
  expect(
    await failuresOf(
      () => ({}),
      () => false,
    ),
  ).toEqual([])
})

test('there are at least 80 faults, each once', () => {
  const names = mutants.map(([fault]) => fault)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(80)
})

/** Which tests a linter's rule needs: most rules see enough in the sample. */
const sources: Readonly<Record<string, RegExp>> = {
  'frame-session-present': /^connect-empty-client-id-durable$/,
  'frame-problem-info': /^problem-info-0$/,
}

test.concurrent.for(mutants)('a broker is caught that %s', async ([, mutant, killer, related], context) => {
  const source = sources[killer] ?? (related?.source === '.' ? undefined : related)
  const failed = await failuresOf(mutant, id => id === killer || source?.test(id) === true)
  context.expect(failed).toContain(killer)
  context.expect(failed.filter(id => id !== killer && !related?.test(id))).toEqual([])
})
