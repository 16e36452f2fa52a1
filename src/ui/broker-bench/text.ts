import type { BenchReport, Latency } from '../../broker-bench/run/report.ts'
import { formatBytes, plural } from '../../lib/format.ts'
import { paint, wrap } from '../text.ts'

/** `0.31 ms`, `12.4 ms`, `1250 ms`: three digits, as in the histogram. */
export const milliseconds = (ms: number): string =>
  `${ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)} ms`

const percent = (share: number): string => `${Math.round(share * 100)} %`

const percentiles = ({ p50, p90, p99, p999, max }: Latency): string =>
  Object.entries({ p50, p90, p99, 'p99.9': p999, max })
    .map(([name, ms]) => `${name} ${milliseconds(ms)}`)
    .join(', ')

/** The broker in one line. */
export const titleOf = ({ broker }: BenchReport): string =>
  [broker.address, broker.version, `MQTT ${broker.mqtt}`].filter(Boolean).join(' · ')

/** The load in one line. */
export const loadOf = ({ load }: BenchReport): string =>
  [
    plural(load.publishers, 'publisher'),
    `${plural(load.subscribers, 'subscriber')}${load.shared ? ' (shared)' : ''}`,
    `QoS ${load.qos}`,
    `${load.size} B`,
    load.rate === undefined ? 'as fast as possible' : `${load.rate} msg/s`,
    `${load.durationMs / 1000} s`,
  ].join(' · ')

/** What was measured, by name. */
export function linesOf(report: BenchReport): [name: string, value: string][] {
  const { messages, latencyMs, connect, broker, sentPerSecond, receivedPerSecond, disconnected } = report
  const { sent, unsent, refused, received, lost, duplicated, reordered } = messages
  const rare = [
    ...(unsent > 0 ? [`${unsent} not taken by the broker`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ]
  const counts = [`${sent} sent`, ...rare, `${received} received`, `${lost} lost`]
  return [
    ['messages', [...counts, `${duplicated} duplicated`, `${reordered} reordered`].join(', ')],
    ['rate', `${sentPerSecond}/s sent, ${receivedPerSecond}/s received`],
    ['latency', latencyMs ? percentiles(latencyMs) : 'nothing arrived'],
    [
      'connections',
      `${connect.connections} in ${(connect.durationMs / 1000).toFixed(1)} s: ${percentiles(connect.ms)}`,
    ],
    ...(disconnected > 0
      ? [['disconnected', plural(disconnected, 'client')] satisfies [string, string]]
      : []),
    ...(broker.usage
      ? [
          [
            'broker',
            `${broker.usage.program}: ${percent(broker.usage.cpu)} of a processor, ${formatBytes(broker.usage.memoryBytes)}`,
          ] satisfies [string, string],
        ]
      : []),
    ['generator', generatorText(report)],
  ]
}

function generatorText({ generator, load }: BenchReport): string {
  const { isLimit, reasons, lagP99Ms, eventLoopDelayP99Ms, cpu } = generator
  if (isLimit) return `edgekit may have been the limit: ${reasons.join('; ')}`
  const late = load.rate === undefined ? '' : `sent ${milliseconds(lagP99Ms)} late, `
  return `not the limit: ${late}read ${milliseconds(eventLoopDelayP99Ms)} late (p99), ${percent(cpu)} of a processor`
}

/** The outcome in one sentence, and its color. */
export function verdictOf({
  search,
  messages,
  load,
  generator,
}: BenchReport): ['green' | 'yellow' | 'red', string] {
  if (messages.received === 0) return ['red', 'Nothing arrived.']
  if (search && search.maxRate === undefined)
    return ['red', `No rate keeps p99 below ${search.targetP99Ms} ms with nothing lost.`]
  if (search) {
    const atLeast =
      generator.isLimit || search.tries.some(({ generatorWasLimit, held }) => generatorWasLimit && !held)
    return [
      'green',
      `The highest rate with p99 below ${search.targetP99Ms} ms is ${atLeast ? 'at least ' : ''}${search.maxRate} msg/s.`,
    ]
  }
  if (messages.lost > 0)
    return [
      load.qos > 0 ? 'red' : 'yellow',
      `${plural(messages.lost, 'message')} of ${messages.expected} lost.`,
    ]
  if (messages.unsent > 0)
    return ['yellow', `The broker did not take ${plural(messages.unsent, 'message')} in time.`]
  return ['green', 'Every message arrived.']
}

/** A report for a person. */
export function formatBrokerBench(report: BenchReport): string {
  const [color, verdict] = verdictOf(report)
  const tries = report.search?.tries ?? []
  return [
    wrap(titleOf(report)),
    wrap(loadOf(report)),
    paint(color, wrap(verdict)),
    '',
    ...linesOf(report).map(([name, value]) => `${name.padEnd(13)}${wrap(value, 13).trimStart()}`),
    ...(tries.length > 0 ? ['', 'Tried:'] : []),
    ...tries.map(({ rate, p99Ms, lost, held }) => {
      const seen = p99Ms === undefined ? 'nothing arrived' : `p99 ${milliseconds(p99Ms)}`
      return `  ${String(rate).padStart(8)} msg/s  ${seen}${lost > 0 ? `, ${lost} lost` : ''}${held ? '' : ' (too much)'}`
    }),
  ].join('\n')
}
