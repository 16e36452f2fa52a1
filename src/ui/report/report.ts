import type { Report } from '../../doctor/report-schema.ts'
import { plural } from '../../lib/format.ts'
import { formatEach, formatFindings } from '../findings.ts'
import { paint, wrap } from '../text.ts'

type Verdict = readonly ['red' | 'yellow' | 'green' | 'dim', string]

/** The outcome in a few sentences, with their colors. */
export function verdictsOf({ causes, checks, summary }: Report, each = false): Verdict[] {
  // A few checks do not prove a node.
  const works = each ? `${plural(summary.pass + summary.warn, 'check')} passed` : 'This node works'
  const unseen = summary.error > 0 ? `${plural(summary.error, 'check')} could not be run` : undefined
  if (summary.fail > 0) {
    const seen = checks.filter(({ id }) => causes.includes(id)).map(({ observed }) => observed)
    return [
      ...seen.map(text => ['red', `Cause: ${text}`] as const),
      ...(unseen ? [['red', `${unseen}.`] as const] : []),
    ]
  }
  if (unseen) return [['red', `${unseen}; no other problems found.`]]
  if (summary.warn > 0) return [['yellow', `${works}, with ${plural(summary.warn, 'warning')}.`]]
  if (summary.pass === 0) {
    const reasons = new Set(checks.map(({ observed }) => observed))
    return [['dim', `Skipped: ${[...reasons].join('; ')}.`]]
  }
  return [['green', `${works}.`]]
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
  const verdicts = verdictsOf(report, each).map(([color, text]) => paint(color, wrap(text)))
  return [...(title ? [wrap(title)] : []), ...verdicts, '', findings].join('\n')
}
