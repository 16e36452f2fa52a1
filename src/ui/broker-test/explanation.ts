import type { BrokerTestExplainOutput } from '../json/broker/broker-test.ts'
import { paint, wrap } from '../text.ts'

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
