import { UnknownFact } from '../facts/fact.ts'
import type { Facts } from '../facts/index.ts'
import { messageOf } from '../lib/errors.ts'
import type { Check, CheckResult, Finding, ListedCheck, Role } from './check.ts'
import { unwanted } from './shared/wanted.ts'

function look(check: Check, facts: Facts): Finding {
  try {
    return check.run(facts)
  } catch (error) {
    if (error instanceof UnknownFact) return { status: 'error', observed: `could not look: ${error.message}` }
    return { status: 'error', observed: `this check is broken, please report it: ${messageOf(error)}` }
  }
}

export const appliesTo = ({ roles = ['edge'] }: Check, role: Role): boolean => roles.includes(role)

/** What the bundle makes of this machine; one without a bundle is looked at as the edge node it may become. */
const roleOf = ({ bundle }: Facts): Role => ('value' in bundle ? (bundle.value?.role ?? 'edge') : 'edge')

const isBad = ({ status }: Finding): boolean => status === 'fail' || status === 'error'

/** The failed checks behind a need: itself, or what it was skipped for. */
const blockersIn = (need: CheckResult | undefined): readonly string[] =>
  need && isBad(need) ? [need.id] : (need?.blockedBy ?? [])

/**
 * Run checks over facts, in their order. A check whose needs have not passed is skipped and names what blocks it; one
 * that is for another role is skipped and blocks nothing. One that is to be ignored is run and shown, but only warns.
 */
export function runChecks(
  checks: readonly ListedCheck[],
  facts: Facts,
  ignored: readonly string[] = [],
): CheckResult[] {
  const results = new Map<string, CheckResult>()
  const role = roleOf(facts)
  for (const check of checks) {
    const blockedBy = [...new Set((check.needs ?? []).flatMap(id => blockersIn(results.get(id))))]
    const otherRole = role === 'edge' ? 'only on the cloud side' : 'only on edge nodes'
    const pointless = appliesTo(check, role) ? unwanted(check, facts) : otherRole
    const blocked = pointless === undefined && blockedBy.length > 0
    const finding: Finding = pointless
      ? { status: 'skip', observed: pointless }
      : blocked
        ? { status: 'skip', observed: `not looked at, because of ${blockedBy.join(', ')}` }
        : look(check, facts)
    const { id, title, group } = check
    const demoted = isBad(finding) && ignored.includes(id)
    results.set(id, {
      id,
      title,
      group,
      docs: `docs/checks.md#${id}`,
      ...finding,
      ...(blocked && { blockedBy }),
      ...(demoted && { status: 'warn', ignored: true }),
    })
  }
  return [...results.values()]
}
