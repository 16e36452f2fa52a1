import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExpectStatic } from 'vitest'
import type { LabBroker } from '../../lab/brokers/program.ts'
import type { SecuredBroker } from '../../lab/brokers/secured-mosquitto.ts'
import { brokerTests } from '../../src/broker-test/groups/index.ts'
import type { BrokerTestReport, TestResult } from '../../src/broker-test/run/report.ts'
import { testBroker } from '../../src/broker-test/run/test-broker.ts'
import type { ListedTest } from '../../src/broker-test/test.ts'
import { localNode } from '../../src/node/node.ts'
import { type Fault, faults } from './faults.ts'

/**
 * Hold the verdict of every test on a broker against its golden file, and every failure against the known faults of that
 * broker: it cites a statement, and a frame shows it. `vitest -u` writes the golden file anew.
 */
export async function expectGolden(
  expect: ExpectStatic,
  name: string,
  start: () => Promise<LabBroker>,
  tests = brokerTests,
): Promise<void> {
  const report = await testAndStop(start, tests)
  const known = faults[name] ?? []
  const failures = report.tests.filter(({ status }) => status === 'fail')
  expect(unexplained(name, failures)).toEqual([])
  expect(failures.filter(({ clauses, note }) => clauses.length === 0 && !note)).toEqual([])
  expect(known.filter(({ tests }) => !failures.some(({ id }) => tests.test(id)))).toEqual([])
  expect(report.leftovers).toEqual([])
  await expect(`${verdictLines(report).join('\n')}\n`).toMatchFileSnapshot(goldenFile(name))
}

/** The failures that no known fault of this broker explains. */
export const unexplained = (name: string, results: readonly TestResult[]): string[] =>
  results
    .filter(
      result => !(faults[name] ?? []).some(fault => fault.tests.test(result.id) && shows(result, fault)),
    )
    .map(({ id, version, observed }) => `${id} (MQTT ${version}): ${observed}`)

const shows = ({ evidence }: TestResult, { frame }: Fault): boolean =>
  evidence.some(({ what, text }) => frame.test(`${what}: ${text}`))

/** Start a broker, run tests against it, and stop it. */
export async function testAndStop(
  start: () => Promise<LabBroker | SecuredBroker>,
  tests: readonly ListedTest[] = brokerTests,
): Promise<BrokerTestReport> {
  const broker = await start()
  try {
    return await testAll(broker, tests)
  } finally {
    await broker.stop()
  }
}

/** Run tests against a broker of the lab. */
export const testAll = (
  broker: LabBroker | SecuredBroker,
  tests: readonly ListedTest[] = brokerTests,
): Promise<BrokerTestReport> =>
  testBroker({
    ...('target' in broker ? broker : { target: { host: '127.0.0.1', port: broker.port } }),
    tests,
    timeLimitMs: 120_000,
    edgekitVersion: '0.0.0-test',
    files: localNode().files,
    signal: new AbortController().signal,
    onResult: () => undefined,
  })

/** Whether a message arrives in time depends on this machine, too. */
export const statusOf = ({ group, status }: TestResult): string =>
  group === 'load' && status === 'warn' ? 'pass' : status

/** A line for each test: its id, and its verdict with MQTT 3.1.1 and with MQTT 5. */
export function verdictLines({ tests }: Pick<BrokerTestReport, 'tests'>): string[] {
  const byId = Map.groupBy(tests, ({ id }) => id)
  return [...byId].map(([id, results]) => {
    const [old, current] = (['3.1.1', '5'] as const).map(version => {
      const result = results.find(each => each.version === version)
      return result ? statusOf(result) : '-'
    })
    return `${id} ${old} ${current}`
  })
}

export const goldenFile = (broker: string): string => join(import.meta.dirname, 'golden', `${broker}.txt`)

/** What the golden file of a broker has for a test and a version. */
export async function verdictsIn(broker: string): Promise<(result: TestResult) => string | undefined> {
  const lines = (await readFile(goldenFile(broker), 'utf8')).split('\n').map(line => line.split(' '))
  const byId = new Map(lines.map(([id = '', old, current]) => [id, { '3.1.1': old, 5: current }]))
  return ({ id, version }) => byId.get(id)?.[version]
}
