import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

/** Microseconds, from one to an hour. */
export const newHistogram = (): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 })

export const record = (histogram: RecordableHistogram, ms: number): void =>
  histogram.record(Math.max(1, Math.round(ms * 1000)))

/** The plots have buckets of 5 %, from 1 µs to 5 minutes. */
const growth = Math.log(1.05)
export const bucketCount = 400
const bucketOf = (ms: number): number =>
  Math.min(bucketCount - 1, Math.max(0, Math.floor(Math.log(Math.max(1, ms * 1000)) / growth)))
/** Milliseconds. */
export const bucketEnd = (bucket: number): number => Math.exp((bucket + 1) * growth) / 1000

/** A phase has at most this many points in its plot. */
const mostIntervals = 120
const shortestIntervalMs = 100

/** Latencies by the time at which a message should have been sent. Plain data, which threads send to each other. */
export interface LatencyGrid {
  intervalMs: number
  /** `bucketCount` numbers for each interval. */
  counts: Uint32Array
  /** The highest of each interval, in milliseconds. */
  max: Float64Array
}

export function newGrid(durationMs: number): LatencyGrid {
  const intervalMs = Math.max(shortestIntervalMs, Math.ceil(durationMs / mostIntervals))
  const intervals = Math.ceil(durationMs / intervalMs)
  return { intervalMs, counts: new Uint32Array(intervals * bucketCount), max: new Float64Array(intervals) }
}

export function addTo({ intervalMs, counts, max }: LatencyGrid, atMs: number, ms: number): void {
  const interval = Math.min(max.length - 1, Math.max(0, Math.floor(atMs / intervalMs)))
  const place = interval * bucketCount + bucketOf(ms)
  counts[place] = (counts[place] ?? 0) + 1
  if (ms > (max[interval] ?? 0)) max[interval] = ms
}

/** Add another thread's latencies of the same phase. */
export function merge(into: LatencyGrid, other: LatencyGrid): void {
  for (const [place, count] of other.counts.entries()) into.counts[place] = (into.counts[place] ?? 0) + count
  for (const [interval, ms] of other.max.entries()) into.max[interval] = Math.max(into.max[interval] ?? 0, ms)
}
