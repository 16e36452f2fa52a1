import type { Report } from '../../doctor/report-schema.ts'
import { plural } from '../../lib/format.ts'
import { fenced, plain } from './markdown-text.ts'
import { titleOf } from './report.ts'

type Result = Report['checks'][number]

const words: Record<Result['status'], string> = {
  pass: 'ok',
  warn: 'warning',
  fail: '**failed**',
  skip: 'skipped',
  error: '**not checked**',
}

function details({ id, title, observed, expected, evidence = [], remedy }: Result): string[] {
  return [
    `### ${id}: ${plain(title)}`,
    '',
    `Seen: ${plain(observed)}`,
    ...(expected ? ['', `Expected: ${plain(expected)}`] : []),
    '',
    ...(evidence.length > 0 ? fenced(evidence) : []),
    ...(remedy ? [`What to do: ${plain(remedy.text)}`, ''] : []),
    ...(remedy?.commands ? fenced(remedy.commands) : []),
  ]
}

const table = (results: readonly Result[]): string[] => [
  '| check | group | result | seen |',
  '|---|---|---|---|',
  ...results.map(
    ({ id, group, status, observed }) => `| ${id} | ${group} | ${words[status]} | ${plain(observed)} |`,
  ),
]

/** The other checks, folded: what GitHub and GitLab show of HTML. */
const folded = (summary: string, lines: readonly string[]): string[] => [
  '<details>',
  `<summary>${summary}</summary>`,
  '',
  ...lines,
  '',
  '</details>',
]

/** A report in Markdown, for tickets: causes, then problems in full, then a folded table of the other checks. */
export function formatMarkdown(report: Report): string {
  const { at, edgekit, causes, checks, summary } = report
  const severity = ['fail', 'error', 'warn'] as const
  const bad = severity.flatMap(status => checks.filter(check => check.status === status))
  const others = checks.filter(check => !bad.includes(check))
  const seen = checks.filter(({ id }) => causes.includes(id))
  const total = (results: Partial<Report['summary']>) =>
    Object.entries(results)
      .filter(([, count]) => count > 0)
      .map(([status, count]) => `${count} ${words[status as Result['status']].replaceAll('*', '')}`)
      .join(', ')
  const { pass, skip } = summary
  return [
    `# ${plain(titleOf(report) || 'edgekit doctor')}`,
    '',
    `Checked by edgekit ${plain(edgekit)} at ${at}: ${plural(checks.length, 'check')}, ${total(summary)}.`,
    '',
    ...seen.flatMap(({ id, observed }) => [`**Cause:** ${plain(observed)} (${id})`, '']),
    ...bad.flatMap(details),
    ...(others.length > 0
      ? folded(`${plural(others.length, 'other check')}: ${total({ pass, skip })}`, table(others))
      : []),
  ]
    .join('\n')
    .trimEnd()
}
