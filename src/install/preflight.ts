import type { Manifest } from '../bundle/manifest.ts'
import type { CheckResult } from '../checks/check.ts'
import { checksForRole } from '../checks/index.ts'
import { runChecks } from '../checks/run-checks.ts'
import type { Facts } from '../facts/index.ts'
import { EdgekitError } from '../lib/errors.ts'

/** The preflight checks failed. */
export class PreflightRefusal extends EdgekitError {
  readonly findings: readonly CheckResult[]

  constructor(findings: readonly CheckResult[]) {
    super('nothing was changed: this node does not meet the requirements', { code: 'preflight-failed' })
    this.findings = findings
  }
}

/** Returns the warnings of the preflight checks. Throws PreflightRefusal when one of them fails. */
export function preflight(
  manifest: Manifest,
  facts: Facts,
  { ignored, force }: { ignored: readonly string[]; force: readonly string[] },
): CheckResult[] {
  const results = runChecks(
    checksForRole('preflight', manifest.role),
    { ...facts, bundle: { value: manifest } },
    { ignored, install: { force } },
  ).filter(({ status }) => status !== 'pass')
  if (results.some(({ status }) => status === 'fail' || status === 'error'))
    throw new PreflightRefusal(results)
  return results.filter(({ status }) => status === 'warn')
}
