import { expect, test } from 'vitest'
import { findMax } from '../../../../src/broker-bench/run/find-max.ts'
import type { BenchMeasurement } from '../../../../src/broker-bench/run/report.ts'

/** A broker whose p99 is within 20 ms up to `capacity`; when measured for long, up to `steady`. */
const broker =
  (capacity: number, { steady = capacity, loses = false } = {}) =>
  async (rate: number, kind: 'try' | 'confirm'): Promise<BenchMeasurement> => {
    const isOver = rate > (kind === 'try' ? capacity : steady)
    const p99 = isOver && !loses ? 500 : 5
    const lost = isOver && loses ? 3 : 0
    return {
      messages: {
        sent: rate,
        unsent: 0,
        refused: 0,
        expected: rate,
        received: rate - lost,
        lost,
        duplicated: 0,
        reordered: 0,
      },
      disconnected: 0,
      sentPerSecond: rate,
      receivedPerSecond: rate - lost,
      latencyMs: { p50: 1, p90: 2, p99, p999: p99, max: p99 },
      generator: { isLimit: false, reasons: [], lagP99Ms: 0, eventLoopDelayP99Ms: 0, cpu: 0 },
      timeline: [],
      distribution: [],
    }
  }

test.each([50, 400, 1_000, 9_999, 123_456])('a capacity of %i is found within 5 %%', async capacity => {
  const { search, rate } = await findMax(20, broker(capacity))
  expect(search.maxRate).toBe(rate)
  expect(rate).toBeLessThanOrEqual(capacity)
  expect(rate).toBeGreaterThan(capacity / 1.06)
  expect(search.tries.length).toBeLessThanOrEqual(21)
})

test('loss is as bad as latency', async () => {
  const { search } = await findMax(20, broker(9_999, { loses: true }))
  expect(search.maxRate).toBeLessThanOrEqual(9_999)
  expect(search.tries.filter(({ held }) => !held)[0]).toMatchObject({ lost: 3, p99Ms: 5 })
})

test('a rate that does not hold for long is lowered', async () => {
  const { search, measurement } = await findMax(20, broker(10_000, { steady: 8_500 }))
  expect(search.maxRate).toBeLessThanOrEqual(8_500)
  expect(search.maxRate).toBeGreaterThan(8_500 * 0.88)
  expect(measurement.latencyMs?.p99).toBe(5)
})

test('a broker that holds no rate', async () => {
  const { search } = await findMax(20, broker(0))
  expect(search.maxRate).toBeUndefined()
  expect(search.tries.at(-1)).toMatchObject({ rate: 10, held: false })
})
