import { deadline } from '../../lib/deadline.ts'
import { messageOf } from '../../lib/errors.ts'
import { type Version, versionNames } from '../../mqtt/packet.ts'
import { missingFor } from '../capabilities.ts'
import { type RunParts, TestContext } from '../context.ts'
import { lintResults } from '../lint/lint-results.ts'
import { type ListedTest, versionsOf } from '../test.ts'
import { inconclusive, skip, Verdict } from '../verdict.ts'
import type { TestResult } from './report.ts'

/** More at the same time do not end earlier on two cores. */
const lanes = 16
/** No test needs longer, even on a slow broker; most end within a second. */
const testMs = 50_000

interface Job {
  test: ListedTest
  version: Version
  number: number
}

interface RunOptions {
  timeLimitMs: number
  onResult: (done: number, all: number) => void
  beforeLast: () => Promise<unknown>
}

/**
 * Run the tests, several at a time, and hold every received frame against the rules of MQTT. Those that `timeLimit` interrupts
 * are inconclusive. Throws the reason of `parts.signal` when that is aborted. `onResult` is called as each test ends, `beforeLast`
 * before those that can break the broker.
 */
export async function runTests(
  parts: RunParts,
  tests: readonly ListedTest[],
  { timeLimitMs, onResult, beforeLast }: RunOptions,
): Promise<TestResult[]> {
  const jobs = tests.flatMap(test => versionsOf(test).map(version => ({ test, version })))
  const numbered = jobs.map((job, index): Job => ({ ...job, number: index + 1 }))
  const results: TestResult[] = []
  // Those that wait the longest begin first.
  const sorted = numbered.toSorted((one, other) => (other.test.waitsMs ?? 0) - (one.test.waitsMs ?? 0))
  const { usual = [], last = [] } = Object.groupBy(sorted, ({ test }) => (test.isLast ? 'last' : 'usual'))
  using limit = deadline(timeLimitMs)
  const stop = AbortSignal.any([parts.signal, limit.signal])
  const runAll = async (queue: Job[]): Promise<void> => {
    const work = async (): Promise<void> => {
      for (let job = queue.shift(); job; job = queue.shift()) {
        results[job.number] = await runOne(parts, job, stop, timeLimitMs)
        onResult(Object.keys(results).length, jobs.length)
      }
    }
    await Promise.all(Array.from({ length: lanes }, work))
    parts.signal.throwIfAborted()
  }
  await runAll(usual)
  if (last.length > 0) await beforeLast()
  await runAll(last)
  return [...results.filter(Boolean), ...lintResults(parts)]
}

async function runOne(
  parts: RunParts,
  { test, version, number }: Job,
  stop: AbortSignal,
  timeLimitMs: number,
): Promise<TestResult> {
  const context = new TestContext(parts, version, number)
  const started = performance.now()
  const outcome = await judge(async () => {
    const missing = missingFor(parts.capabilities, version, test.needs ?? [])
    if (missing !== undefined) throw skip(missing)
    if (stop.aborted) throw inconclusive(`not started within the time limit of ${timeLimitMs / 1000} s`)
    using end = deadline(testMs)
    await Promise.race([test.run(context), interrupted(stop, end, timeLimitMs)])
  })
  const ms = Math.round(performance.now() - started)
  // What follows is the end of its connections.
  const evidence = [...context.evidence.events]
  await context.close()
  return {
    id: test.id,
    title: test.title,
    group: test.group,
    version: versionNames[version],
    ...outcome,
    clauses: (test.clauses[version] ?? []).map(clause => `MQTT-${clause}`),
    ...(test.note !== undefined && { note: test.note }),
    ms,
    evidence,
  }
}

/** Never resolves; rejects when the run must end, or the test takes too long. */
async function interrupted(
  stop: AbortSignal,
  end: ReturnType<typeof deadline>,
  timeLimitMs: number,
): Promise<never> {
  const stopped = Promise.withResolvers<string>()
  stop.addEventListener('abort', () => stopped.resolve(`the time limit of ${timeLimitMs / 1000} s`))
  const limit = await Promise.race([stopped.promise, end.passed.then(() => `${testMs / 1000} s`)])
  throw inconclusive(`not finished within ${limit}`)
}

async function judge(work: () => Promise<void>): Promise<Pick<TestResult, 'status' | 'observed'>> {
  try {
    await work()
    return { status: 'pass', observed: 'as specified' }
  } catch (error) {
    if (!(error instanceof Verdict)) throw error
    return { status: error.status, observed: messageOf(error) }
  }
}
