import type { BrokerTestExplainOutput, BrokerTestListOutput } from '../json/broker/broker-test.ts'
import { paint, wrap } from '../text.ts'

/** All tests by group. */
export function formatBrokerTestList({ tests }: BrokerTestListOutput): string {
  const longest = Math.max(...tests.map(({ id }) => id.length))
  return [...Map.groupBy(tests, ({ group }) => group)]
    .map(([group, members]) =>
      [
        paint('bold', group),
        ...members.map(({ id, title }) => {
          const [first = '', ...rest] = wrap(title, longest + 4).split('\n')
          return [`  ${id.padEnd(longest)}  ${first.trimStart()}`, ...rest].join('\n')
        }),
      ].join('\n'),
    )
    .join('\n\n')
}

/** One test: what it verifies, and when it runs. */
export function formatBrokerTestExplanation({
  id,
  title,
  group,
  versions,
  needs,
  statements,
  note,
}: BrokerTestExplainOutput): string {
  return [
    `${paint('bold', id)}: ${title}`,
    paint('dim', `(${group}; MQTT ${versions.join(' and ')})`),
    ...(needs.length > 0 ? [wrap(`Needs: ${needs.join(', ')}`)] : []),
    ...(note === undefined ? [] : ['', wrap(note)]),
    ...(statements.length > 0 ? ['', 'Statements:'] : []),
    ...statements.map(({ version, id: statement }) => `  MQTT ${version}: ${statement}`),
  ].join('\n')
}
