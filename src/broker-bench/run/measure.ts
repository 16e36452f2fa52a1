import type { RecordableHistogram } from 'node:perf_hooks'
import {
  bucketCount,
  bucketEnd,
  type LatencyGrid,
  merge,
  newGrid,
  newHistogram,
  record,
} from '../load/latencies.ts'
import type { ThreadResult } from '../load/protocol.ts'
import { copiesOf, type Load, type Pace } from '../settings.ts'
import type { BenchMeasurement, Generator, Latency } from './report.ts'

/** Beyond these the load generator, and not the broker, may be what was measured. */
const most = { lagMs: 5, eventLoopDelayMs: 5, cpu: 0.9 }

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
const ms = (value: number): number => round(value, 3)

/** What all threads together saw in one phase that began at `startMs`. */
export function measure(
  results: readonly ThreadResult[],
  startMs: number,
  load: Load,
  pace: Pace,
): BenchMeasurement {
  const sum = (count: (result: ThreadResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0)
  const sent = sum(result => result.sent)
  const received = sum(result => result.received)
  const expected = sent * copiesOf(load)
  const lastArrivalMs = Math.max(...results.map(result => result.lastArrivalMs)) - startMs
  const grid = newGrid(pace.durationMs)
  for (const result of results) if (result.received > 0) merge(grid, result.grid)
  return {
    messages: {
      sent,
      unsent: Number.isFinite(sum(({ unsent }) => unsent)) ? sum(({ unsent }) => unsent) : 0,
      refused: sum(result => result.refused),
      expected,
      received,
      lost: expected - received,
      duplicated: sum(result => result.duplicated),
      reordered: sum(result => result.reordered),
    },
    disconnected: sum(result => result.disconnected),
    sentPerSecond: Math.round((sent * 1000) / pace.durationMs),
    receivedPerSecond: received === 0 ? 0 : Math.round((received * 1000) / Math.max(lastArrivalMs, 1)),
    ...(received > 0 && { latencyMs: latencyOf(results) }),
    generator: generatorOf(results, sent),
    timeline: timelineOf(grid),
    distribution: distributionOf(grid),
  }
}

function latencyOf(results: readonly ThreadResult[]): Latency {
  const all = newHistogram()
  for (const { latency } of results) all.add(latency)
  return percentilesOf(all)
}

/** Percentiles of single times in milliseconds. */
export function latencyOfTimes(times: readonly number[]): Latency {
  const all = newHistogram()
  for (const time of times) record(all, time)
  return percentilesOf(all)
}

function percentilesOf(all: RecordableHistogram): Latency {
  const at = (percentile: number): number => ms(all.percentile(percentile) / 1000)
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: ms(all.max / 1000) }
}

function generatorOf(results: readonly ThreadResult[], sent: number): Generator {
  const lag = newHistogram()
  for (const result of results) lag.add(result.lag)
  const lagP99Ms = lag.count === 0 ? 0 : ms(lag.percentile(99) / 1000)
  const eventLoopDelayP99Ms = ms(Math.max(...results.map(result => result.eventLoopDelayMs)))
  const cpu = round(Math.max(...results.map(result => result.cpu)), 2)
  const reasons = [
    ...(lagP99Ms > most.lagMs ? [`it sent messages ${lagP99Ms.toFixed(1)} ms late (p99)`] : []),
    ...(eventLoopDelayP99Ms > most.eventLoopDelayMs
      ? [`it read messages ${eventLoopDelayP99Ms.toFixed(1)} ms late (p99)`]
      : []),
    ...(cpu > most.cpu ? [`one of its threads used ${Math.round(cpu * 100)} % of a processor`] : []),
  ]
  return { isLimit: reasons.length > 0 && sent > 0, reasons, lagP99Ms, eventLoopDelayP99Ms, cpu }
}

/** The bucket below which this share of the counts is. */
function percentileIn(counts: Uint32Array, total: number, share: number): number {
  let seen = 0
  const bucket = counts.findIndex(count => {
    seen += count
    return seen >= total * share
  })
  return ms(bucketEnd(bucket))
}

const rows = ({ counts }: LatencyGrid): Uint32Array[] =>
  Array.from({ length: counts.length / bucketCount }, (_, interval) =>
    counts.subarray(interval * bucketCount, (interval + 1) * bucketCount),
  )

const timelineOf = (grid: LatencyGrid): BenchMeasurement['timeline'] =>
  rows(grid).flatMap((counts, interval) => {
    const messages = counts.reduce((sum, count) => sum + count, 0)
    if (messages === 0) return []
    const maxMs = ms(grid.max[interval] ?? 0)
    // A bucket ends up to 5 % above what is in it.
    const at = (share: number): number => Math.min(maxMs, percentileIn(counts, messages, share))
    return [{ ms: interval * grid.intervalMs, messages, p50Ms: at(0.5), p99Ms: at(0.99), maxMs }]
  })

function distributionOf(grid: LatencyGrid): BenchMeasurement['distribution'] {
  const totals = new Array<number>(bucketCount).fill(0)
  for (const counts of rows(grid))
    for (const [bucket, count] of counts.entries()) totals[bucket] = (totals[bucket] ?? 0) + count
  return totals.flatMap((count, bucket) =>
    count === 0 ? [] : [{ upToMs: round(bucketEnd(bucket), 4), messages: count }],
  )
}
