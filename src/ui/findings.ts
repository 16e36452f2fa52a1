import type { CheckResult } from '../checks/check.ts'
import { plural } from '../lib/format.ts'
import { paint, width, wrap } from './text.ts'

const marks = {
  pass: paint('green', ' ok '),
  warn: paint('yellow', 'warn'),
  fail: paint('red', 'FAIL'),
  skip: paint('dim', 'skip'),
  error: paint('red', ' ?? '),
} satisfies Record<CheckResult['status'], string>

export const indent = 7
/** A line of a report, behind the mark of its status. */
export const marked = (status: CheckResult['status'], text: string): string =>
  `${marks[status]}${' '.repeat(indent - 4)}${text}`

/** A passed or skipped check: one line if it fits. */
function short({ status, title, observed }: CheckResult): string {
  const oneLine = indent + title.length + 2 + observed.length <= width()
  if (oneLine) return marked(status, `${title}: ${paint('dim', observed)}`)
  return `${marked(status, title)}\n${paint('dim', wrap(observed, indent))}`
}

function long({
  id,
  status,
  title,
  ignored,
  observed,
  expected,
  evidence = [],
  remedy,
}: CheckResult): string {
  const lines = [marked(status, ignored ? `${title} (ignored)` : title), wrap(`Seen: ${observed}`, indent)]
  if (expected) lines.push(wrap(`Expected: ${expected}`, indent))
  lines.push(...evidence.map(line => wrap(`| ${line}`, indent)))
  if (remedy) lines.push(wrap(`What to do: ${remedy.text}`, indent))
  lines.push(...(remedy?.commands ?? []).map(command => `${' '.repeat(indent + 2)}${paint('bold', command)}`))
  lines.push(`${' '.repeat(indent)}${paint('dim', `More: edgekit doctor --explain ${id}`)}`)
  return lines.join('\n')
}

const isQuiet = ({ status }: CheckResult): boolean => status === 'pass' || status === 'skip'

/** One entry per result: short for passed and skipped checks, with expectation and remedy for others. */
export const formatEach = (results: readonly CheckResult[]): string =>
  results.map(result => (isQuiet(result) ? short(result) : long(result))).join('\n')

/** So many skipped checks are named; of more, their number is enough. */
const namedSkips = 3

/** The skipped checks of a group in one line, with every reason. */
function skips(group: string, results: readonly CheckResult[]): string[] {
  if (results.length === 0) return []
  const blockers = new Set(results.flatMap(({ blockedBy = [] }) => blockedBy))
  const others = results.filter(({ blockedBy }) => !blockedBy).map(({ observed }) => observed)
  const dependence = blockers.size > 0 ? [`depends on ${[...blockers].join(', ')}`] : []
  const reasons = [...new Set([...others, ...dependence])].join('; ')
  const names =
    results.length > namedSkips
      ? `${group}: ${plural(results.length, 'check')}`
      : results.map(({ id }) => id).join(', ')
  return [paint('dim', hanging('skip', `${names}: ${reasons}`))]
}

/** A text after a mark, with its further lines indented. */
export const hanging = (status: CheckResult['status'], text: string): string =>
  marked(status, wrap(text, indent).trimStart())

/** Results by group: problems in full, then the number of passed checks, then that of skipped checks with their reasons. */
export function formatFindings(results: readonly CheckResult[]): string {
  const lines = [...Map.groupBy(results, ({ group }) => group)].flatMap(([group, found]) => {
    const bad = found.filter(result => !isQuiet(result))
    const good = found.filter(({ status }) => status === 'pass')
    const goodLine = marked(
      'pass',
      `${group}: ${plural(good.length, bad.length > 0 ? 'other check' : 'check')}`,
    )
    return [
      ...bad.map(long),
      ...(good.length > 0 ? [goodLine] : []),
      ...skips(
        group,
        found.filter(({ status }) => status === 'skip'),
      ),
    ]
  })
  return lines.join('\n')
}
