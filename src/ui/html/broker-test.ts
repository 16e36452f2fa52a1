import { advice } from '../../broker-test/advice.ts'
import type { BrokerTestReport } from '../../broker-test/run/report.ts'
import { plural } from '../../lib/format.ts'
import { leftoverText, type Problem, problemsIn, titleOf, verdictOf } from '../broker-test/text.ts'
import { type Html, html } from './html.ts'
import { block, folded, page, statusOf, table } from './page.ts'

const problem = ({ id, title, status, observed, versions, clauses, note, evidence }: Problem): Html => {
  const frames = block(
    evidence.map(({ ms, connection, what, text, hex }) =>
      `${String(ms).padStart(5)} ms #${connection} ${what}: ${text} ${hex}`.trimEnd(),
    ),
  )
  return html`<article>
<h3>${statusOf(status)} ${title}</h3>
<p class="dim">${id}, MQTT ${versions.join(' and ')}</p>
<p>${observed}</p>
${clauses.length === 0 ? undefined : html`<p class="dim">Statements: ${clauses.join(', ')}</p>`}
${note === undefined ? undefined : html`<p>${note}</p>`}
${frames && folded(plural(evidence.length, 'event'), frames)}
</article>`
}

/** A report of the broker test as one HTML file: problems with their frames, advice, and a row per test. */
export function formatBrokerTestHtml(report: BrokerTestReport): string {
  const { at, edgekit, environment, tests, leftovers } = report
  const [color, text] = verdictOf(report)
  const problems = problemsIn(tests)
  const failed = new Set(problems.flatMap(({ group, status }) => (status === 'fail' ? [group] : [])))
  return page({
    title: 'Broker test',
    subtitle: titleOf(report),
    verdict: { color, text },
    origin: `Tested by edgekit ${edgekit} at ${at} on ${environment.os} with Node.js ${environment.node}.`,
    content: [
      ...(leftovers.length > 0 ? [html`<p class="fail">${leftoverText(report)}</p>`] : []),
      ...(problems.length > 0 ? [html`<h2>Problems</h2>`, ...problems.map(problem)] : []),
      ...(failed.size > 0
        ? [
            html`<h2>Advice</h2>`,
            table(
              ['group', 'what to do'],
              [...failed].map(group => [group, advice[group]]),
            ),
          ]
        : []),
      html`<h2>Tests</h2>`,
      ...[...Map.groupBy(tests, ({ group }) => group)].map(([group, results]) =>
        folded(
          `${group}: ${plural(results.length, 'test')}`,
          table(
            ['test', 'MQTT', 'result', 'seen'],
            results.map(({ id, version, status, observed }) => [id, version, statusOf(status), observed]),
          ),
        ),
      ),
    ],
  })
}
