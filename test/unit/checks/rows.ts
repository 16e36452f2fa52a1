import { expect, test } from 'vitest'
import type { CheckResult } from '../../../src/checks/check.ts'
import { checks } from '../../../src/checks/index.ts'
import { runChecks } from '../../../src/checks/run-checks.ts'
import { healthy } from './healthy.ts'

export type Healthy = ReturnType<typeof healthy>

/** How one check must judge a node that is healthy but for one change. */
export type Row = readonly [
  id: string,
  status: CheckResult['status'],
  what: string,
  /** What the check observes, or one line of its evidence, word for word. */
  words: string,
  change: (node: Healthy) => unknown,
]

export const resultOf = (id: string, change: Row[4], machine = healthy): CheckResult | undefined => {
  const node = machine()
  change(node)
  return runChecks(checks, node).find(result => result.id === id)
}

/** Tests each row; a finding that is not good also needs an expectation and a remedy. */
export function testRows(rows: readonly Row[], machine = healthy): void {
  test.each(rows)('%s: %s, %s', (id, status, _, words, change) => {
    const result = resultOf(id, change, machine)
    expect(result?.status).toBe(status)
    expect([result?.observed, ...(result?.evidence ?? [])]).toContain(words)
    if (status === 'pass' || status === 'skip') return
    expect(result?.expected).toMatch(/\w/)
    expect(result?.remedy?.text).toMatch(/^[A-Z].*\.$/)
    const commands = result?.remedy?.commands ?? []
    expect(commands).toEqual([...new Set(commands)])
  })
}
