import type { Report } from '../../doctor/report-schema.ts'
import { attributes, escaped } from './xml.ts'

type Result = Report['checks'][number]

const details = ({ observed, expected, evidence = [], remedy }: Result): string =>
  escaped(
    [
      `Seen: ${observed}`,
      ...(expected ? [`Expected: ${expected}`] : []),
      ...evidence.map(line => `| ${line}`),
      ...(remedy ? [`What to do: ${remedy.text}`] : []),
      ...(remedy?.commands ?? []).map(command => `  ${command}`),
    ].join('\n'),
  )

function outcome(result: Result): string {
  const message = attributes({ message: result.observed })
  if (result.status === 'skip') return `<skipped${message}/>`
  if (result.status === 'fail') return `<failure${message} type="fail">${details(result)}</failure>`
  if (result.status === 'error') return `<error${message} type="error">${details(result)}</error>`
  // JUnit has no warnings: the case passes, with details in its output.
  return `<system-out>${result.status === 'warn' ? `Warning\n${details(result)}` : escaped(result.observed)}</system-out>`
}

const counts = (results: readonly Result[]): Record<string, number> => {
  const count = (status: Result['status']) => results.filter(result => result.status === status).length
  return { tests: results.length, failures: count('fail'), errors: count('error'), skipped: count('skip') }
}

/** Seconds. The facts of all checks are collected at the same time, so of several checks the slowest counts. */
const seconds = (results: readonly Result[]): number =>
  Math.max(0, ...results.map(({ tookMs = 0 }) => tookMs)) / 1000

/** A report as JUnit XML for CI servers: a suite per group, a case per check. */
export function formatJunit({ checks, node, at }: Report): string {
  const suites = [...Map.groupBy(checks, ({ group }) => group)].map(([group, results]) => {
    const cases = results.map(
      result =>
        `    <testcase${attributes({ classname: `edgekit.${group}`, name: result.id, time: seconds([result]) })}>${outcome(result)}</testcase>`,
    )
    const suite = {
      name: group,
      hostname: node?.hostName ?? 'unknown',
      timestamp: at,
      time: seconds(results),
      ...counts(results),
    }
    return [`  <testsuite${attributes(suite)}>`, ...cases, '  </testsuite>'].join('\n')
  })
  const all = attributes({ name: 'edgekit doctor', time: seconds(checks), ...counts(checks) })
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${all}>`, ...suites, '</testsuites>'].join(
    '\n',
  )
}
