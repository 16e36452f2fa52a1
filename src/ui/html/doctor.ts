import type { Report } from '../../doctor/report-schema.ts'
import { plural } from '../../lib/format.ts'
import { titleOf, verdictsOf } from '../report/report.ts'
import { type Html, html } from './html.ts'
import { block, folded, page, statusOf, table } from './page.ts'

type Result = Report['checks'][number]

const details = ({ id, title, status, observed, expected, evidence = [], remedy }: Result): Html =>
  html`<article>
<h3>${statusOf(status)} ${title}</h3>
<p class="dim">${id}</p>
<p>Seen: ${observed}</p>
${expected === undefined ? undefined : html`<p>Expected: ${expected}</p>`}
${block(evidence)}
${remedy && html`<p>What to do: ${remedy.text}</p>`}
${block(remedy?.commands ?? [])}
</article>`

/** A report of the doctor as one HTML file: causes, problems in full, and a row per check. */
export function formatDoctorHtml(report: Report): string {
  const { at, edgekit, checks } = report
  const severity = ['fail', 'error', 'warn'] as const
  const bad = severity.flatMap(status => checks.filter(check => check.status === status))
  const verdicts = verdictsOf(report)
  return page({
    title: 'edgekit doctor',
    subtitle: titleOf(report),
    verdict: {
      color: verdicts[0]?.[0] ?? 'red',
      text: verdicts.map(([, text]) => text).join('\n'),
    },
    origin: `Checked by edgekit ${edgekit} at ${at}: ${plural(checks.length, 'check')}.`,
    content: [
      ...(bad.length > 0 ? [html`<h2>Problems</h2>`, ...bad.map(details)] : []),
      html`<h2>Checks</h2>`,
      ...[...Map.groupBy(checks, ({ group }) => group)].map(([group, results]) =>
        folded(
          `${group}: ${plural(results.length, 'check')}`,
          table(
            ['check', 'result', 'seen'],
            results.map(({ id, status, observed }) => [id, statusOf(status), observed]),
          ),
        ),
      ),
    ],
  })
}
