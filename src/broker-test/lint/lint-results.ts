import { plural } from '../../lib/format.ts'
import { type Version, versionNames } from '../../mqtt/packet.ts'
import type { RunParts } from '../context.ts'
import type { TestResult } from '../run/report.ts'
import { type LintId, type LintRule, lintRules } from './lint-rules.ts'

/** What the linter found in the whole run, as results of tests: one for each rule and version. */
export const lintResults = ({
  linter,
  capabilities,
}: Pick<RunParts, 'linter' | 'capabilities'>): TestResult[] => {
  const rules: readonly (LintRule & { id: LintId })[] = lintRules
  return rules.flatMap(rule =>
    ([4, 5] as const).flatMap(version => {
      const clauses = rule.clauses[version]
      if (clauses === undefined) return []
      const missing = capabilities.refused[version]
      return [{ ...head(rule, version, clauses), ...judge(rule.id, version, linter, missing) }]
    }),
  )
}

const head = ({ id, title, note }: LintRule, version: Version, clauses: readonly string[]) => ({
  id,
  title,
  group: 'frames' as const,
  version: versionNames[version],
  clauses: clauses.map(clause => `MQTT-${clause}`),
  ...(note !== undefined && { note }),
  ms: 0,
})

function judge(
  id: LintId,
  version: Version,
  linter: RunParts['linter'],
  missing: string | undefined,
): Pick<TestResult, 'status' | 'observed' | 'evidence'> {
  // An old broker answers an unknown version in its own.
  if (missing !== undefined) return { status: 'skip', observed: missing, evidence: [] }
  const checked = linter.checkedFor(id, version)
  const found = linter.findings.filter(finding => finding.rule === id && finding.version === version)
  const evidence = found
    .slice(0, 10)
    .map(({ text, hex }) => ({ ms: 0, connection: 0, what: 'received' as const, text, hex }))
  const [first] = found
  if (first) {
    const more = found.length > 1 ? `, and ${plural(found.length - 1, 'other frame')}` : ''
    return { status: 'fail', observed: `${first.text}${more}`, evidence }
  }
  if (checked > 0) return { status: 'pass', observed: `${plural(checked, 'frame')} checked`, evidence }
  return { status: 'skip', observed: 'no such frame was received in this run', evidence }
}
