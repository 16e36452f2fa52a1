import type { CheckResult } from '../checks/check.ts'
import { paint, wrap } from './text.ts'

const marks = {
  pass: paint('green', ' ok '),
  warn: paint('yellow', 'warn'),
  fail: paint('red', 'FAIL'),
  skip: paint('dim', 'skip'),
  error: paint('red', ' ?? '),
} satisfies Record<CheckResult['status'], string>

const indent = 7

function details({ status, observed, expected, evidence = [], remedy, blockedBy }: CheckResult): string[] {
  if (status === 'pass' || blockedBy) return [paint('dim', wrap(observed, indent))]
  const lines = [wrap(`Seen: ${observed}`, indent)]
  if (expected) lines.push(wrap(`Expected: ${expected}`, indent))
  lines.push(...evidence.map(line => wrap(`| ${line}`, indent)))
  if (remedy) lines.push(wrap(`What to do: ${remedy.text}`, indent))
  lines.push(...(remedy?.commands ?? []).map(command => `${' '.repeat(indent + 2)}${paint('bold', command)}`))
  return lines
}

/** Findings for a person: one line for good news; what, why and what to do for the rest. */
export function formatFindings(results: readonly CheckResult[]): string {
  return results
    .map(result => [`${marks[result.status]}   ${result.title}`, ...details(result)].join('\n'))
    .join('\n')
}
