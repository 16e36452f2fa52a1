import type { CheckResult } from '../checks/check.ts'
import { paint, width, wrap } from './text.ts'

const marks = {
  pass: paint('green', ' ok '),
  warn: paint('yellow', 'warn'),
  fail: paint('red', 'FAIL'),
  skip: paint('dim', 'skip'),
  error: paint('red', ' ?? '),
} satisfies Record<CheckResult['status'], string>

const indent = 7

/** What is good, and what was not looked at, is said in one line where there is room for it. */
function short({ status, title, observed }: CheckResult): string {
  const margin = ' '.repeat(indent - 4)
  const oneLine = indent + title.length + 2 + observed.length <= width
  if (oneLine) return `${marks[status]}${margin}${title}: ${paint('dim', observed)}`
  return `${marks[status]}${margin}${title}\n${paint('dim', wrap(observed, indent))}`
}

function long({ status, title, observed, expected, evidence = [], remedy }: CheckResult): string {
  const lines = [`${marks[status]}${' '.repeat(indent - 4)}${title}`, wrap(`Seen: ${observed}`, indent)]
  if (expected) lines.push(wrap(`Expected: ${expected}`, indent))
  lines.push(...evidence.map(line => wrap(`| ${line}`, indent)))
  if (remedy) lines.push(wrap(`What to do: ${remedy.text}`, indent))
  lines.push(...(remedy?.commands ?? []).map(command => `${' '.repeat(indent + 2)}${paint('bold', command)}`))
  return lines.join('\n')
}

/** Findings for a person: a line for good news; what was seen, what was expected and what to do for bad news. */
export const formatFindings = (results: readonly CheckResult[]): string =>
  results
    .map(result => (result.status === 'pass' || result.status === 'skip' ? short(result) : long(result)))
    .join('\n')
