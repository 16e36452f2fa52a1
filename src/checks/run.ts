import { messageOf } from '../errors.ts'
import { UnknownFact } from '../facts/fact.ts'
import type { Facts } from '../facts/index.ts'
import type { Check, CheckResult, Finding } from './check.ts'

function look(check: Check, facts: Facts): Finding {
  try {
    return check.run(facts)
  } catch (error) {
    if (error instanceof UnknownFact) return { status: 'error', observed: `could not look: ${error.message}` }
    return { status: 'error', observed: `this check is broken, please report it: ${messageOf(error)}` }
  }
}

/** Run checks over facts, in their order. A check whose needs have not passed is skipped and names what blocks it. */
export function runChecks(checks: readonly Check[], facts: Facts): CheckResult[] {
  const results = new Map<string, CheckResult>()
  for (const check of checks) {
    const blockedBy = (check.needs ?? []).filter(id => {
      const need = results.get(id)
      return need?.status === 'fail' || need?.status === 'error' || need?.blockedBy !== undefined
    })
    const finding: Finding =
      blockedBy.length > 0
        ? { status: 'skip', observed: `not looked at, because of ${blockedBy.join(', ')}` }
        : look(check, facts)
    results.set(check.id, {
      id: check.id,
      title: check.title,
      ...finding,
      ...(blockedBy.length > 0 && { blockedBy }),
    })
  }
  return [...results.values()]
}
