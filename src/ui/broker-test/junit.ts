import type { BrokerTestReport, TestResult } from '../../broker-test/run/report.ts'
import { attributes, escaped } from '../report/xml.ts'

const details = ({ observed, clauses, evidence }: TestResult): string =>
  escaped(
    [
      `Seen: ${observed}`,
      ...(clauses.length > 0 ? [`Statements: ${clauses.join(', ')}`] : []),
      ...evidence.map(
        ({ ms, connection, what, text, hex }) => `| ${ms} ms #${connection} ${what}: ${text} ${hex}`,
      ),
    ].join('\n'),
  )

function outcome(result: TestResult): string {
  const message = attributes({ message: result.observed })
  if (result.status === 'skip') return `<skipped${message}/>`
  if (result.status === 'fail') return `<failure${message} type="fail">${details(result)}</failure>`
  if (result.status === 'inconclusive')
    return `<error${message} type="inconclusive">${details(result)}</error>`
  // JUnit has no warnings: the case passes, with details in its output.
  return `<system-out>${result.status === 'warn' ? `Warning\n${details(result)}` : escaped(result.observed)}</system-out>`
}

const seconds = (results: readonly TestResult[]): number =>
  results.reduce((sum, { ms }) => sum + ms, 0) / 1000

const counts = (results: readonly TestResult[]): Record<string, number> => {
  const count = (status: TestResult['status']) => results.filter(result => result.status === status).length
  return {
    tests: results.length,
    failures: count('fail'),
    errors: count('inconclusive'),
    skipped: count('skip'),
    time: seconds(results),
  }
}

/** A report as JUnit XML for CI servers: a suite per group, a case per test and version. */
export function formatBrokerTestJunit({ tests, broker, at }: BrokerTestReport): string {
  const suites = [...Map.groupBy(tests, ({ group }) => group)].map(([group, results]) => {
    const cases = results.map(result => {
      const { id, version } = result
      const name = attributes({
        classname: `edgekit.broker.${group}`,
        name: `${id} (MQTT ${version})`,
        time: seconds([result]),
      })
      return `    <testcase${name}>${outcome(result)}</testcase>`
    })
    const suite = attributes({ name: group, hostname: broker.address, timestamp: at, ...counts(results) })
    return [`  <testsuite${suite}>`, ...cases, '  </testsuite>'].join('\n')
  })
  const all = attributes({ name: 'edgekit broker test', ...counts(tests) })
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${all}>`, ...suites, '</testsuites>'].join(
    '\n',
  )
}
