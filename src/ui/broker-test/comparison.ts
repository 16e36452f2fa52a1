import type { BrokerComparison, Difference } from '../../broker-test/run/compare.ts'
import { plural } from '../../lib/format.ts'
import { hanging, indent } from '../findings.ts'
import { paint, wrap } from '../text.ts'
import { leftoverText, marks, titleOf } from './text.ts'

/** Enough to see how the brokers differ. */
const shownEvents = 4

function describe({ id, title, version, first, second }: Difference): string {
  const side = (name: string, { status, observed, evidence }: Difference['first']): string[] => [
    wrap(`${name}: ${status}: ${observed}`, indent),
    ...evidence.slice(-shownEvents).map(({ what, text }) => paint('dim', wrap(`| ${what}: ${text}`, indent))),
  ]
  const worse = [first, second].some(({ status }) => status === 'fail') ? 'fail' : 'warn'
  return [
    hanging(marks[worse], `${title} (${id}, MQTT ${version})`),
    ...side('First', first),
    ...side('Second', second),
  ].join('\n')
}

/** What two brokers do differently, for a person. */
export function formatBrokerComparison(comparison: BrokerComparison): string {
  const { first, second, same, differences } = comparison
  const left = [first, second].filter(({ leftovers }) => leftovers.length > 0)
  return [
    wrap(`First:  ${titleOf(first)}`),
    wrap(`Second: ${titleOf(second)}`),
    wrap(
      differences.length === 0
        ? paint('green', `No difference in ${plural(same, 'test')}.`)
        : paint(
            'yellow',
            `${plural(differences.length, 'difference')}; ${plural(same, 'test')} with the same result.`,
          ),
    ),
    ...left.map(report => paint('red', wrap(leftoverText(report)))),
    ...(differences.length > 0 ? [''] : []),
    ...differences.map(describe),
  ].join('\n')
}
