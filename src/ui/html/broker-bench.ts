import type { BenchReport } from '../../broker-bench/run/report.ts'
import { linesOf, loadOf, milliseconds, titleOf, verdictOf } from '../broker-bench/text.ts'
import { html } from './html.ts'
import { numbers, page, table } from './page.ts'
import { latencyDistribution, latencyOverTime } from './plot.ts'

/** A report of the load test as one HTML file: numbers, plots, and everything else that the text has. */
export function formatBrokerBenchHtml(report: BenchReport): string {
  const { at, edgekit, environment, latencyMs, load, messages, receivedPerSecond, search } = report
  const [color, text] = verdictOf(report)
  return page({
    title: 'Broker bench',
    subtitle: titleOf(report),
    verdict: { color, text },
    origin: `Measured by edgekit ${edgekit} at ${at} on ${environment.os} with Node.js ${environment.node}, ${environment.processors} processors.`,
    content: [
      html`<p>${loadOf(report)}</p>`,
      numbers([
        ['received per second', String(receivedPerSecond)],
        ['lost', String(messages.lost)],
        ...(latencyMs
          ? ([
              ['latency p50', milliseconds(latencyMs.p50)],
              ['latency p99', milliseconds(latencyMs.p99)],
              ['highest latency', milliseconds(latencyMs.max)],
            ] as const)
          : []),
      ]),
      ...(latencyMs ? plots(report, latencyMs) : []),
      html`<h2>Result</h2>`,
      table(['what', 'measured'], linesOf(report)),
      ...(search
        ? [
            html`<h2>Search for the highest rate</h2>`,
            table(
              ['msg/s', 'p99', 'lost', `below ${search.targetP99Ms} ms, nothing lost`],
              search.tries.map(({ rate, p99Ms, lost, held }) => [
                String(rate),
                p99Ms === undefined ? 'nothing arrived' : milliseconds(p99Ms),
                String(lost),
                held ? 'yes' : 'no',
              ]),
            ),
          ]
        : []),
      html`<p class="dim">${
        load.rate === undefined
          ? 'Latency counts from the write: it shows how long messages wait in full buffers.'
          : 'Latency counts from the moment at which a message should have been sent.'
      }</p>`,
    ],
  })
}

function plots(
  { timeline, distribution, load }: BenchReport,
  { p50, p99 }: NonNullable<BenchReport['latencyMs']>,
) {
  const [first] = timeline
  const points = (value: (interval: NonNullable<typeof first>) => number) =>
    timeline.map(interval => [interval.ms, value(interval)] as const)
  return [
    html`<h2>Latency over time</h2>`,
    latencyOverTime(
      [
        { name: 'highest', style: 'three', points: points(({ maxMs }) => maxMs) },
        { name: 'p99', style: 'two', points: points(({ p99Ms }) => p99Ms) },
        { name: 'p50', style: 'one', points: points(({ p50Ms }) => p50Ms) },
      ],
      load.durationMs,
    ),
    html`<h2>Distribution of latencies</h2>`,
    latencyDistribution(distribution, [
      ['p50', p50],
      ['p99', p99],
    ]),
  ]
}
