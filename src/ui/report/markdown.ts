import type { Report } from '../../doctor/report-schema.ts'
import { plural } from '../../lib/format.ts'
import { titleOf } from './report.ts'

type Result = Report['checks'][number]

const words: Record<Result['status'], string> = {
  pass: 'ok',
  warn: 'warning',
  fail: '**failed**',
  skip: 'skipped',
  error: '**not checked**',
}

/** Escape text for a paragraph or table cell. */
const plain = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|~!&]/g, character => `\\${character}`)

/** Lines in a code block, whose fence is longer than any run of backticks in them. */
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...[...lines.join('\n').matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return [fence, ...lines, fence, '']
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

/** A report in Markdown, for tickets: causes, a table of all checks, and details of problems. */
export function formatMarkdown(report: Report): string {
  const { at, edgekit, causes, checks, summary } = report
  const bad = checks.filter(({ status }) => !['pass', 'skip'].includes(status))
  const seen = checks.filter(({ id }) => causes.includes(id))
  const total = Object.entries(summary)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${words[status as Result['status']].replaceAll('*', '')}`)
  return [
    `# ${plain(titleOf(report) || 'edgekit doctor')}`,
    '',
    `Checked by edgekit ${plain(edgekit)} at ${at}: ${plural(checks.length, 'check')}, ${total.join(', ')}.`,
    '',
    ...seen.flatMap(({ id, observed }) => [`**Cause:** ${plain(observed)} (${id})`, '']),
    '| check | group | result | seen |',
    '|---|---|---|---|',
    ...checks.map(
      ({ id, group, status, observed }) => `| ${id} | ${group} | ${words[status]} | ${plain(observed)} |`,
    ),
    '',
    ...bad.flatMap(details),
  ]
    .join('\n')
    .trimEnd()
}
