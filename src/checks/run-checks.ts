import { UnknownFact } from '../facts/fact.ts'
import type { Facts } from '../facts/index.ts'
import { messageOf } from '../lib/errors.ts'
import { inapplicable, installFlagFor } from './applicability.ts'
import type { Check, CheckResult, Finding, ListedCheck } from './check.ts'

export interface RunOptions {
  /** Ids of checks whose failures only warn (`--ignore`). */
  ignored?: readonly string[]
  /** Preflight of an install that replaces these units and files (`--force`). */
  install?: { force: readonly string[] }
}

/** An install that is to fix something must include it. */
function withInstallFlag(finding: Finding, flag: string | undefined): Finding {
  const { remedy } = finding
  if (flag === undefined || !remedy?.commands) return finding
  const commands = remedy.commands.map(command =>
    command.startsWith('./edgekit install') ? `${command} ${flag}` : command,
  )
  return { ...finding, remedy: { ...remedy, commands } }
}

/** Facts, and how long the slowest of those took that have been read from it: they are collected at the same time. */
function timed(facts: Facts): { facts: Facts; tookMs: () => number } {
  let slowest = 0
  const handler: ProxyHandler<Facts> = {
    get(target, name: keyof Facts) {
      slowest = Math.max(slowest, target[name]?.tookMs ?? 0)
      return target[name]
    },
  }
  return { facts: new Proxy(facts, handler), tookMs: () => slowest }
}

function evaluate(check: Check, facts: Facts): Finding {
  try {
    return withInstallFlag(check.run(facts), installFlagFor(check, facts))
  } catch (error) {
    if (error instanceof UnknownFact)
      return { status: 'error', observed: `could not be checked: ${error.message}` }
    return { status: 'error', observed: `this check is broken, please report it: ${messageOf(error)}` }
  }
}

const isBad = ({ status }: Finding): boolean => status === 'fail' || status === 'error'

/** The failed checks behind a need: the need itself, or what it was skipped for. */
const blockersIn = (need: CheckResult | undefined): readonly string[] =>
  need && isBad(need) ? [need.id] : (need?.blockedBy ?? [])

/**
 * Run checks over facts, in their order. A check is skipped when it does not apply, when the install settles it, or when
 * a check it needs has failed: `blockedBy` names only the last kind.
 */
export function runChecks(
  checks: readonly ListedCheck[],
  facts: Facts,
  { ignored = [], install }: RunOptions = {},
): CheckResult[] {
  const results = new Map<string, CheckResult>()
  const settled = new Map<string, string>()
  for (const check of checks) {
    const { id, title, group, needs = [], overriddenBy } = check
    const reason =
      install && (check.settledByInstall?.(facts) ?? needs.map(need => settled.get(need)).find(Boolean))
    if (reason !== undefined) settled.set(id, reason)
    const blockedBy = [...new Set(needs.flatMap(need => blockersIn(results.get(need))))]
    const moot = inapplicable(check, facts) ?? reason
    const blocked = moot === undefined && blockedBy.length > 0
    const skipped = moot ?? (blocked ? `depends on ${blockedBy.join(', ')}` : undefined)
    const { facts: read, tookMs } = timed(facts)
    const finding: Finding =
      skipped === undefined ? evaluate(check, read) : { status: 'skip', observed: skipped }
    const demoted =
      isBad(finding) && (ignored.includes(id) || (install && overriddenBy?.force?.(install.force, facts)))
    results.set(id, {
      id,
      title,
      group,
      docs: `edgekit doctor --explain ${id}`,
      ...finding,
      ...(blocked && { blockedBy }),
      ...(skipped === undefined && { tookMs: tookMs() }),
      ...(demoted && { status: 'warn', ignored: true }),
    })
  }
  return [...results.values()]
}
