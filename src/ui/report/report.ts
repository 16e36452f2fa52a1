import type { Report } from '../../doctor/report-schema.ts'
import { plural } from '../../lib/format.ts'
import { formatEach, formatFindings } from '../findings.ts'
import { paint, wrap } from '../text.ts'

function verdict({ causes, checks, summary }: Report, each: boolean): string[] {
  // A few checks do not prove a node.
  const works = each ? `${plural(summary.pass + summary.warn, 'check')} passed` : 'This node works'
  const unseen = summary.error > 0 ? `${plural(summary.error, 'check')} could not be run` : undefined
  if (summary.fail > 0) {
    const seen = checks.filter(({ id }) => causes.includes(id)).map(({ observed }) => observed)
    return [
      ...seen.map(text => paint('red', wrap(`Cause: ${text}`))),
      ...(unseen ? [paint('red', `${unseen}.`)] : []),
    ]
  }
  if (unseen) return [paint('red', `${unseen}; no other problems found.`)]
  if (summary.warn > 0) return [paint('yellow', `${works}, with ${plural(summary.warn, 'warning')}.`)]
  if (summary.pass === 0) {
    const reasons = new Set(checks.map(({ observed }) => observed))
    return [paint('dim', wrap(`Skipped: ${[...reasons].join('; ')}.`))]
  }
  return [paint('green', `${works}.`)]
}

/** The machine of a report, in one line. */
export const titleOf = ({ node, kubeedgeVersion }: Report): string =>
  [node?.hostName, node?.os, node?.arch, kubeedgeVersion && `KubeEdge ${kubeedgeVersion}`]
    .filter(Boolean)
    .join(' · ')

/** A report as text: the verdict, then results by group, or one by one with `each`. */
export function formatReport(report: Report, { each = false } = {}): string {
  const findings = each ? formatEach(report.checks) : formatFindings(report.checks)
  const title = titleOf(report)
  return [...(title ? [wrap(title)] : []), ...verdict(report, each), '', findings].join('\n')
}
