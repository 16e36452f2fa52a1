import type { Facts } from '../../facts/index.ts'
import type { Finding } from '../check.ts'

/** Adds to the remedy of a failure how to return to the version before the last upgrade, if that is kept whole. */
export function withWayBack(finding: Finding, { drift }: Facts): Finding {
  const { previous } = ('value' in drift && drift.value) || {}
  if (finding.status !== 'fail' || !finding.remedy || !previous || previous.damage.length > 0) return finding
  const { text, commands = [] } = finding.remedy
  return {
    ...finding,
    remedy: {
      ...finding.remedy,
      text: `${text} If it began with the upgrade of ${previous.at}, return to ${previous.kubeedgeVersion}.`,
      commands: [...commands, 'edgekit rollback --to-previous'],
    },
  }
}
