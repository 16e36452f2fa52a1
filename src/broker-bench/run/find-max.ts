import type { BenchMeasurement, Search } from './report.ts'

/** Each rate is tried at most this long before the highest that held is measured. */
export const tryMs = 2_000
const firstRate = 1_000
/** A search ends when the highest rate that held and the lowest that did not are this close. */
const closeEnough = 1.05
const mostTries = 20
const lowestRate = 10

/**
 * Search the highest rate whose p99 stays within the target with nothing lost: double until it does not, then halve the gap.
 * `confirm` measures a rate for the whole duration; one that does not hold then is lowered. Returns the last measurement.
 */
export async function findMax(
  targetP99Ms: number,
  measureRate: (rate: number, kind: 'try' | 'confirm') => Promise<BenchMeasurement>,
): Promise<{ search: Search; measurement: BenchMeasurement; rate: number }> {
  const tries: Search['tries'] = []
  const attempt = async (rate: number, kind: 'try' | 'confirm') => {
    const measurement = await measureRate(rate, kind)
    const { messages, latencyMs, generator } = measurement
    const isFast = latencyMs !== undefined && latencyMs.p99 <= targetP99Ms
    const held = isFast && messages.lost === 0 && messages.unsent === 0 && messages.refused === 0
    tries.push({
      rate,
      ...(latencyMs && { p99Ms: latencyMs.p99 }),
      lost: messages.lost,
      held,
      generatorWasLimit: generator.isLimit,
    })
    return { measurement, held, rate }
  }
  let [low, high] = [0, Number.POSITIVE_INFINITY]
  let rate = firstRate
  while (tries.length < mostTries && high > low * closeEnough && high > lowestRate) {
    if ((await attempt(rate, 'try')).held) low = rate
    else high = rate
    rate = nextRate(low, high)
  }
  for (rate = Math.max(low, lowestRate); ; rate = Math.floor(rate * 0.9)) {
    const { measurement, held } = await attempt(rate, 'confirm')
    if (held) return { search: { targetP99Ms, maxRate: rate, tries }, measurement, rate }
    if (rate * 0.9 < Math.max(low / 2, lowestRate))
      return { search: { targetP99Ms, tries }, measurement, rate }
  }
}

function nextRate(low: number, high: number): number {
  if (low === 0) return Math.max(lowestRate, Math.floor(high / 4))
  return Number.isFinite(high) ? Math.round((low + high) / 2) : low * 2
}
