import { advice } from '../../broker-test/advice.ts'
import type { BrokerTestReport, TestResult } from '../../broker-test/run/report.ts'
import type { Status } from '../../broker-test/verdict.ts'
import { plural } from '../../lib/format.ts'
import { hanging, indent, marked } from '../findings.ts'
import { paint, wrap } from '../text.ts'

/** The mark of the doctor for each status. */
export const marks = {
  pass: 'pass',
  fail: 'fail',
  warn: 'warn',
  skip: 'skip',
  inconclusive: 'error',
} as const satisfies Record<Status, string>

/** Enough to see the fault; the other formats have everything. */
const shownEvents = 8

/** The same finding in both versions is one problem. */
export interface Problem extends TestResult {
  versions: string[]
}

/** What did not pass, in the order of the tests, with the versions in which it was seen. */
export function problemsIn(results: readonly TestResult[]): Problem[] {
  const bad = results.filter(({ status }) => status !== 'pass' && status !== 'skip')
  const same = Map.groupBy(bad, ({ id, status, observed }) => JSON.stringify([id, status, observed]))
  return [...same.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, versions: [first, ...others].map(({ version }) => version) }] : [],
  )
}

/** The broker in one line. */
export const titleOf = ({ broker }: Pick<BrokerTestReport, 'broker'>): string =>
  [broker.address, broker.version, `MQTT ${broker.versions.join(' and ')}`].filter(Boolean).join(' · ')

/** `508 passed, 28 failed`: every status that occurs. */
export function totalOf({ summary }: BrokerTestReport): string {
  const words = {
    pass: 'passed',
    fail: 'failed',
    warn: 'with a warning',
    skip: 'skipped',
    inconclusive: 'inconclusive',
  }
  return (Object.keys(words) as Status[])
    .filter(status => summary[status] > 0)
    .map(status => `${summary[status]} ${words[status]}`)
    .join(', ')
}

/** The outcome in a sentence, with its color. */
export function verdictOf(report: BrokerTestReport): ['red' | 'yellow' | 'green' | 'dim', string] {
  const { summary, tests, durationMs } = report
  const total = `${plural(tests.length, 'test')} in ${(durationMs / 1000).toFixed(1)} s: ${totalOf(report)}.`
  if (summary.fail > 0) return ['red', `The broker breaks MQTT. ${total}`]
  if (summary.inconclusive > 0) return ['red', `Not everything could be tested. ${total}`]
  if (summary.pass === 0) return ['dim', `Nothing was tested. ${total}`]
  return [
    summary.warn > 0 ? 'yellow' : 'green',
    `The broker does what MQTT requires, as far as it was tested. ${total}`,
  ]
}

function describe({ id, title, status, observed, versions, clauses, evidence, note }: Problem): string {
  const events = evidence.slice(-shownEvents).map(({ what, text }) => `| ${what}: ${text}`)
  return [
    hanging(marks[status], `${title} (MQTT ${versions.join(' and ')})`),
    wrap(`Seen: ${observed}`, indent),
    ...(clauses.length > 0 ? [wrap(`Statements: ${clauses.join(', ')}`, indent)] : []),
    ...(note === undefined ? [] : [wrap(`Note: ${note}`, indent)]),
    ...events.map(line => paint('dim', wrap(line, indent))),
    `${' '.repeat(indent)}${paint('dim', `More: edgekit broker test --explain ${id}`)}`,
  ].join('\n')
}

/** Skipped tests by reason; the tests of a version that the broker does not accept are only counted. */
function skips(results: readonly TestResult[]): string[] {
  const byReason = Map.groupBy(results, ({ observed }) => observed)
  return [...byReason].map(([reason, skipped]) => {
    const ids = [...new Set(skipped.map(({ id }) => id))]
    const names = ids.length > 3 ? plural(ids.length, 'test') : ids.join(', ')
    return paint('dim', hanging('skip', `${names}: ${reason}`))
  })
}

function formatGroup(group: TestResult['group'], results: readonly TestResult[]): string[] {
  const bad = problemsIn(results)
  const passed = results.filter(({ status }) => status === 'pass').length
  const hasFailed = bad.some(({ status }) => status === 'fail')
  return [
    ...bad.map(describe),
    ...(hasFailed ? [wrap(`${group}: ${advice[group]}`, indent)] : []),
    ...(passed > 0
      ? [marked('pass', `${group}: ${plural(passed, bad.length > 0 ? 'other test' : 'test')}`)]
      : []),
    ...skips(results.filter(({ status }) => status === 'skip')),
  ]
}

/** A report for a person: the verdict, then each group with its problems. */
export function formatBrokerTest(report: BrokerTestReport): string {
  const groups = Map.groupBy(report.tests, ({ group }) => group)
  const [color, verdict] = verdictOf(report)
  const left = report.leftovers.length > 0 ? [paint('red', wrap(leftoverText(report)))] : []
  return [
    wrap(titleOf(report)),
    wrap(paint(color, verdict)),
    ...left,
    '',
    ...[...groups].flatMap(([group, results]) => formatGroup(group, results)),
  ].join('\n')
}

export const leftoverText = ({ run, leftovers }: Pick<BrokerTestReport, 'run' | 'leftovers'>): string =>
  `Left on the broker: ${leftovers.join(', ')}. Remove it with edgekit broker test --cleanup ${run}`
