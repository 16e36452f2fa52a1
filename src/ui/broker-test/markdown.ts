import { advice } from '../../broker-test/advice.ts'
import type { BrokerTestReport, TestResult } from '../../broker-test/run/report.ts'
import { plural } from '../../lib/format.ts'
import { fenced, plain } from '../report/markdown-text.ts'
import { leftoverText, type Problem, problemsIn, titleOf, totalOf } from './text.ts'

const words: Record<TestResult['status'], string> = {
  pass: 'ok',
  warn: 'warning',
  fail: '**failed**',
  skip: 'skipped',
  inconclusive: '**inconclusive**',
}

const problem = ({ id, title, observed, versions, clauses, evidence, note }: Problem): string[] => [
  `### ${id}: ${plain(title)}`,
  '',
  `Seen with MQTT ${versions.join(' and ')}: ${plain(observed)}`,
  '',
  ...(clauses.length > 0 ? [`Statements: ${clauses.join(', ')}`, ''] : []),
  ...(note === undefined ? [] : [`Note: ${plain(note)}`, '']),
  ...(evidence.length > 0
    ? fenced(
        evidence.map(({ ms, connection, what, text, hex }) =>
          `${String(ms).padStart(5)} ms #${connection} ${what}: ${text} ${hex}`.trimEnd(),
        ),
      )
    : []),
]

/** A report in Markdown, for people: totals, environment, problems with their frames, advice, and a row per test. */
export function formatBrokerTestMarkdown(report: BrokerTestReport): string {
  const { at, edgekit, environment, durationMs, tests, leftovers } = report
  const problems = problemsIn(tests)
  const failed = new Set(problems.flatMap(({ group, status }) => (status === 'fail' ? [group] : [])))
  return [
    `# Broker test: ${plain(titleOf(report))}`,
    '',
    `Tested by edgekit ${plain(edgekit)} at ${at} on ${plain(environment.os)} with Node.js ${environment.node}: ${plural(tests.length, 'test')} in ${(durationMs / 1000).toFixed(1)} s, ${totalOf(report)}.`,
    '',
    ...(leftovers.length > 0 ? [plain(leftoverText(report)), ''] : []),
    ...(problems.length > 0 ? ['## Problems', '', ...problems.flatMap(problem)] : []),
    ...(failed.size > 0
      ? ['## Advice', '', ...[...failed].map(group => `- ${group}: ${plain(advice[group])}`), '']
      : []),
    '## Tests',
    '',
    '| test | MQTT | group | result | seen |',
    '|---|---|---|---|---|',
    ...tests.map(
      ({ id, version, group, status, observed }) =>
        `| ${id} | ${version} | ${group} | ${words[status]} | ${plain(observed)} |`,
    ),
  ].join('\n')
}
