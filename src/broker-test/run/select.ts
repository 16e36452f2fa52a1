import { EdgekitError } from '../../lib/errors.ts'
import { nearest } from '../../lib/nearest.ts'
import { versionNames } from '../../mqtt/packet.ts'
import { type LintRule, lintRules } from '../lint/lint-rules.ts'
import { type Group, type ListedTest, versionsOf } from '../test.ts'

interface Listed {
  id: string
  title: string
  group: Group
  versions: ('3.1.1' | '5')[]
  needs: string[]
}

interface Entry extends LintRule {
  group: Group
  needs?: readonly string[]
  note?: string
}

/** The tests, and the rules for frames, which are reported like tests. */
const entriesOf = (tests: readonly ListedTest[]): readonly Entry[] => [
  ...tests,
  ...lintRules.map((rule: LintRule) => ({ ...rule, group: 'frames' as const })),
]

const listed = ({ id, title, group, needs = [], clauses }: Entry): Listed => ({
  id,
  title,
  group,
  versions: versionsOf({ clauses }).map(version => versionNames[version]),
  needs: [...needs],
})

export const listTests = (tests: readonly ListedTest[]): { schemaVersion: 1; tests: Listed[] } => ({
  schemaVersion: 1,
  tests: entriesOf(tests).map(listed),
})

/** The tests of these groups; without any, all. */
export const selectTests = (tests: readonly ListedTest[], chosen: readonly Group[] = []): ListedTest[] =>
  tests.filter(({ group }) => chosen.length === 0 || chosen.includes(group))

export interface TestExplanation extends Listed {
  schemaVersion: 1
  note?: string
  statements: { version: '3.1.1' | '5'; id: string }[]
}

/** Throws EdgekitError (unknown-test). */
export function explainTest(id: string, tests: readonly ListedTest[]): TestExplanation {
  const entries = entriesOf(tests)
  const entry = entries.find(test => test.id === id)
  if (!entry) throw unknownTest(id, entries)
  const { clauses, note } = entry
  return {
    schemaVersion: 1,
    ...listed(entry),
    ...(note !== undefined && { note }),
    statements: versionsOf(entry).flatMap(version =>
      (clauses[version] ?? []).map(clause => ({ version: versionNames[version], id: `MQTT-${clause}` })),
    ),
  }
}

function unknownTest(id: string, entries: readonly Entry[]): EdgekitError {
  const meant = nearest(
    id,
    entries.map(entry => entry.id),
  )
  return new EdgekitError(
    `there is no broker test ${JSON.stringify(id)}${meant ? `; did you mean ${meant}?` : ''}`,
    {
      code: 'unknown-test',
      remedy: 'List all tests:\n  edgekit broker test --list',
    },
  )
}
