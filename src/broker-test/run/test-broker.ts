import { release, type } from 'node:os'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { brokerTestExitCodes } from '../../lib/exit-codes.ts'
import { versionNames } from '../../mqtt/packet.ts'
import type { Files } from '../../node/files.ts'
import { type Declaration, declared } from '../capabilities.ts'
import { type RunParts, TestContext } from '../context.ts'
import { Linter } from '../lint/linter.ts'
import { Pulse } from '../pulse.ts'
import { addressOf, type Target } from '../target.ts'
import type { ListedTest } from '../test.ts'
import { Trace } from '../trace.ts'
import { cleanUp, describeLeftover } from './clean-up.ts'
import { newRun } from './new-run.ts'
import { plainParts } from './plain-parts.ts'
import { probe, unknownCapabilities } from './probe.ts'
import { beginRecord, readRecord } from './record.ts'
import type { BrokerTestReport, TestResult } from './report.ts'
import { runTests } from './run-tests.ts'

export interface TestOptions {
  target: Target
  tests: readonly ListedTest[]
  timeLimitMs: number
  /** Default: longer than the slowest known broker takes. */
  resendMs?: number
  nodeName?: string | undefined
  /** More listeners of the same broker. */
  listeners?: readonly Target[]
  /** A topic that the user may neither publish to nor read. */
  deniedTopic?: string | undefined
  /** What the broker lacks according to its user. */
  declarations?: readonly Declaration[]
  edgekitVersion: string
  files: Files
  signal: AbortSignal
  onResult: (done: number, all: number) => void
}

/**
 * Test a broker and remove everything the run created on it, also when it is interrupted. Throws EdgekitError
 * (broker-not-testable) when the broker cannot be tested at all.
 */
export async function testBroker(options: TestOptions): Promise<BrokerTestReport> {
  const { target, tests, files, signal, nodeName, deniedTopic } = options
  const { resendMs = 35_000, listeners = [] } = options
  const at = new Date()
  const run = newRun()
  const record = await beginRecord(files, run, addressOf(target))
  const trace = new Trace(record.remember)
  const pulse = new Pulse()
  const its = { target, listeners, deniedTopic, nodeName, resendMs }
  const base = { ...its, run, trace, linter: new Linter(), pulse, signal }
  const parts = { ...base, capabilities: unknownCapabilities }
  let leftovers: string[] = []
  try {
    const { capabilities, brokerVersion } = await probe(base)
    Object.assign(parts, { capabilities: { ...capabilities, ...declared(options.declarations ?? []) } })
    const beforeLast = () => removeTraces(parts)
    const results = await withPulse(parts, () => runTests(parts, tests, { ...options, beforeLast }))
    leftovers = await removeTraces(parts)
    return reportOf({ options, parts, at, results, leftovers, brokerVersion })
  } catch (error) {
    leftovers = await removeTraces(parts)
    throw leftovers.length > 0 ? notCleaned(run, error) : error
  } finally {
    if (leftovers.length === 0) await record.close()
  }
}

/** Run the tests in the time of the broker. */
async function withPulse<Result>(parts: RunParts, work: () => Promise<Result>): Promise<Result> {
  const quiet = { ...parts, linter: new Linter(), pulse: new Pulse() }
  const context = new TestContext(quiet, parts.capabilities.refused[5] === undefined ? 5 : 4, 0)
  try {
    // A broker with a limit on its connections may not accept one more.
    const client = await context.connect().catch(() => undefined)
    if (client) parts.pulse.start(client)
    return await work()
  } finally {
    parts.pulse.stop()
    await context.close()
  }
}

const notCleaned = (run: string, cause: unknown): EdgekitError =>
  new EdgekitError(`${messageOf(cause)}; what the tests created on the broker could not be removed`, {
    code: 'stopped-midway',
    remedy: `Remove it later:\n  edgekit broker test --cleanup ${run}`,
    cause,
  })

/** The name of each thing that could not be removed. */
async function removeTraces(parts: RunParts): Promise<string[]> {
  // Its own frames are not part of the test, and nothing interrupts it.
  const quiet = { ...parts, linter: new Linter(), trace: new Trace(async () => {}) }
  const { leftovers } = parts.trace
  const remaining = await cleanUp(quiet, leftovers)
  for (const leftover of leftovers) if (!remaining.includes(leftover)) parts.trace.forget(leftover)
  return remaining.map(describeLeftover)
}

interface Outcome {
  options: TestOptions
  parts: RunParts
  at: Date
  results: TestResult[]
  leftovers: string[]
  brokerVersion: string | undefined
}

function reportOf({ options, parts, at, results, leftovers, brokerVersion }: Outcome): BrokerTestReport {
  const { capabilities, target, run } = parts
  const count = (status: TestResult['status']) => results.filter(result => result.status === status).length
  const summary = {
    pass: count('pass'),
    fail: count('fail'),
    warn: count('warn'),
    skip: count('skip'),
    inconclusive: count('inconclusive'),
  }
  return {
    schemaVersion: 1,
    edgekit: options.edgekitVersion,
    at: at.toISOString(),
    run,
    broker: {
      address: addressOf(target),
      ...(brokerVersion !== undefined && { version: brokerVersion }),
      versions: ([4, 5] as const)
        .filter(version => capabilities.refused[version] === undefined)
        .map(version => versionNames[version]),
      maximumQos: capabilities.maximumQos,
      retain: capabilities.retain,
      sharedSubscriptions: capabilities.shared,
      ...(capabilities.maximumPacketSize !== undefined && {
        maximumPacketSize: capabilities.maximumPacketSize,
      }),
      receiveMaximum: capabilities.receiveMaximum,
      topicAliasMaximum: capabilities.topicAliasMaximum,
      subscriptionDelayMs: capabilities.subscriptionDelayMs,
    },
    environment: { os: `${type()} ${release()}`, node: process.version },
    durationMs: Date.now() - at.getTime(),
    summary,
    exitCode: exitCodeOf(summary, leftovers),
    tests: results,
    leftovers,
  }
}

function exitCodeOf(summary: BrokerTestReport['summary'], leftovers: readonly string[]): number {
  if (summary.fail > 0) return brokerTestExitCodes.failed
  const isTested = summary.pass + summary.warn > 0 && summary.inconclusive === 0
  return isTested && leftovers.length === 0 ? brokerTestExitCodes.ok : brokerTestExitCodes.notTested
}

/** Remove what an earlier run left. `target` replaces the recorded address. Returns what was removed and what remains. */
export async function cleanUpRun(
  run: string,
  { files, targetOf }: { files: Files; targetOf: (address: string) => Promise<Target> },
): Promise<{ address: string; removed: string[]; leftovers: string[] }> {
  const { address, leftovers, forget } = await readRecord(files, run)
  const target = await targetOf(address)
  const parts = plainParts(target, run)
  const { capabilities } = await probe(parts)
  const remaining = await cleanUp({ ...parts, capabilities }, leftovers)
  if (remaining.length === 0) await forget()
  const removed = leftovers.filter(leftover => !remaining.includes(leftover))
  return {
    address: addressOf(target),
    removed: removed.map(describeLeftover),
    leftovers: remaining.map(describeLeftover),
  }
}
