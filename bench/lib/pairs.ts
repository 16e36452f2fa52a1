import { performance } from 'node:perf_hooks'

type Run = () => void | Promise<void>

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

async function milliseconds(run: Run): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/**
 * Time two things in turn, A B A B …, and take the median of the ratios of neighbours: what slows the machine down
 * for a while slows both.
 */
export async function compare(
  ours: Run,
  reference: Run,
  pairs = 21,
): Promise<{ ours: number; reference: number; ratio: number }> {
  const times: { ours: number; reference: number }[] = []
  for (let pair = -1; pair < pairs; pair++) {
    const time = { ours: await milliseconds(ours), reference: await milliseconds(reference) }
    if (pair >= 0) times.push(time) // The first pair warms the page cache.
  }
  return {
    ours: median(times.map(time => time.ours)),
    reference: median(times.map(time => time.reference)),
    ratio: median(times.map(time => time.ours / time.reference)),
  }
}
