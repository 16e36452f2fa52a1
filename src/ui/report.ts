import type { Report } from '../doctor/diagnose.ts'
import { plural } from '../format.ts'
import { formatFindings } from './findings.ts'
import { paint, wrap } from './text.ts'

function verdict({ causes, checks, summary }: Report): string {
  if (summary.fail > 0) {
    const seen = checks.filter(({ id }) => causes.includes(id)).map(({ observed }) => observed)
    return paint('red', wrap(`Cause: ${seen.join('; ')}`))
  }
  if (summary.error > 0)
    return paint('red', `${plural(summary.error, 'check')} could not look; nothing else was found.`)
  if (summary.warn > 0) return paint('yellow', `This node works, with ${plural(summary.warn, 'warning')}.`)
  return paint('green', 'This node works.')
}

/** A doctor's report for a person: the verdict first, then every check. */
export function formatReport(report: Report): string {
  const { node, kubeedgeVersion } = report
  const title = [node?.hostName, node?.os, node?.arch, kubeedgeVersion && `KubeEdge ${kubeedgeVersion}`]
  return [wrap(title.filter(Boolean).join(' · ')), verdict(report), '', formatFindings(report.checks)].join(
    '\n',
  )
}
