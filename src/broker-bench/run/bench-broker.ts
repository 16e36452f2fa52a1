import { availableParallelism, release, type } from 'node:os'
import { newRun } from '../../broker-test/run/new-run.ts'
import { plainParts } from '../../broker-test/run/plain-parts.ts'
import { probe } from '../../broker-test/run/probe.ts'
import { addressOf, type Target } from '../../broker-test/target.ts'
import { brokerBenchExitCodes } from '../../lib/exit-codes.ts'
import type { RunStep } from '../../lib/step.ts'
import { type Version, versionNames } from '../../mqtt/packet.ts'
import type { Node } from '../../node/node.ts'
import { LoadThreads } from '../load/load-threads.ts'
import type { Load, Pace } from '../settings.ts'
import { type BrokerUsage, meterBroker } from './broker-process.ts'
import { findMax, tryMs } from './find-max.ts'
import { latencyOfTimes, measure } from './measure.ts'
import { runPhase } from './phase.ts'
import type { BenchMeasurement, BenchReport, Search } from './report.ts'
import { requireCapacity } from './require-capacity.ts'
import { requireOffered } from './require-offered.ts'
import { requireOwnBroker } from './require-own-broker.ts'

/** V8 compiles what runs often, and the broker allocates its buffers: at most this long. */
const warmUpMs = 1_000
/** Of QoS 1 and 2, per publisher; a broker may accept fewer (Receive Maximum). */
const mostInFlight = 1_000

export interface BenchOptions {
  target: Target
  load: Load
  pace: Pace
  /** Search the highest rate whose p99 stays below this. */
  findMaxP99Ms: number | undefined
  connectPerSecond: number
  /** The user says that the broker is theirs. */
  isOwnBroker: boolean
  edgekitVersion: string
  node: Pick<Node, 'files' | 'network'>
  signal: AbortSignal
  runStep: RunStep
}

interface Measured {
  measurement: BenchMeasurement
  usage: BrokerUsage | undefined
}

/**
 * Put load on a broker and measure what arrives. Sessions are clean and nothing is retained, so nothing is left, however it ends.
 * Throws EdgekitError: broker-not-testable, and before the first connection public-address, too-many-open-files, too-few-ports,
 * beyond-broker.
 */
export async function benchBroker(options: BenchOptions): Promise<BenchReport> {
  const { target, load, pace, node, signal } = options
  const at = new Date().toISOString()
  if (!options.isOwnBroker) await requireOwnBroker(target)
  await requireCapacity(load, target.port, node)
  const run = newRun()
  const { capabilities, brokerVersion } = await probe(plainParts(target, run, signal))
  const version: Version = capabilities.refused[5] === undefined ? 5 : 4
  requireOffered(target, load, capabilities)
  const window = Math.min(capabilities.receiveMaximum, mostInFlight)
  const threads = new LoadThreads({ target, version, run, load, window })
  try {
    const connect = await connectAll(threads, options)
    const bench = new Bench(threads, options)
    await bench.measure('Warm up', { ...pace, durationMs: Math.min(warmUpMs, pace.durationMs) })
    const { measured, rate, search } = await bench.run()
    return {
      schemaVersion: 1,
      edgekit: options.edgekitVersion,
      at,
      run,
      broker: {
        address: addressOf(target),
        ...(brokerVersion !== undefined && { version: brokerVersion }),
        mqtt: versionNames[version],
        ...(measured.usage && { usage: measured.usage }),
      },
      environment: {
        os: `${type()} ${release()}`,
        node: process.version,
        processors: availableParallelism(),
      },
      load: { ...load, ...(rate !== undefined && { rate }), durationMs: pace.durationMs },
      connect,
      ...measured.measurement,
      ...(search && { search }),
      exitCode: exitCodeOf(measured.measurement, load, search),
    }
  } finally {
    await threads.close()
  }
}

async function connectAll(
  threads: LoadThreads,
  { load, connectPerSecond, runStep, signal }: BenchOptions,
): Promise<BenchReport['connect']> {
  const connections = load.publishers + load.subscribers
  const started = performance.now()
  const stopped = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => stopped.reject(signal.reason), { once: true })
  const times = await runStep(`Connect ${connections} clients`, note =>
    Promise.race([
      stopped.promise,
      threads.connect(load, connectPerSecond, count => note(`${count} of ${connections}`)),
    ]),
  )
  return { connections, durationMs: Math.round(performance.now() - started), ms: latencyOfTimes(times) }
}

/** The phases of one run, on the same connections. */
class Bench {
  #phases = 0
  readonly #threads: LoadThreads
  readonly #options: BenchOptions

  constructor(threads: LoadThreads, options: BenchOptions) {
    this.#threads = threads
    this.#options = options
  }

  async run(): Promise<{ measured: Measured; rate: number | undefined; search?: Search }> {
    const { pace, findMaxP99Ms } = this.#options
    if (findMaxP99Ms === undefined) return { measured: await this.measure('Measure', pace), rate: pace.rate }
    let usage: BrokerUsage | undefined
    const { search, measurement, rate } = await findMax(findMaxP99Ms, async (rate, kind) => {
      const measured =
        kind === 'try'
          ? await this.measure('Try', { rate, durationMs: Math.min(tryMs, pace.durationMs) })
          : await this.measure('Measure', { rate, durationMs: pace.durationMs })
      usage = measured.usage
      return measured.measurement
    })
    return { measured: { measurement, usage }, rate, search }
  }

  async measure(what: string, pace: Pace): Promise<Measured> {
    const { load, node, target, signal, runStep } = this.#options
    this.#phases += 1
    const number = this.#phases
    const meter = await meterBroker(target, node)
    const rate = pace.rate === undefined ? 'as fast as possible' : `${pace.rate} msg/s`
    return await runStep(`${what}: ${rate} for ${pace.durationMs / 1000} s`, async note => {
      const { results, startMs } = await runPhase(
        this.#threads,
        load,
        { number, pace },
        {
          signal,
          onProgress: ({ elapsedMs, received, p99Ms }) =>
            note(`${(elapsedMs / 1000).toFixed(0)} s, ${received} received, p99 ${p99Ms.toFixed(1)} ms`),
        },
      )
      const measurement = measure(results, startMs, load, pace)
      return { measurement, usage: await meter.usage() }
    })
  }
}

/** QoS 1 and 2 promise that nothing is lost, and QoS 2 that nothing arrives twice. */
function exitCodeOf(
  { messages, disconnected }: BenchMeasurement,
  { qos }: Load,
  search: Search | undefined,
): number {
  const isBroken = qos > 0 && (messages.lost > 0 || (qos === 2 && messages.duplicated > 0))
  const isMissed = search !== undefined && search.maxRate === undefined
  if (isBroken || isMissed) return brokerBenchExitCodes.failed
  return disconnected > 0 ? brokerBenchExitCodes.notMeasured : brokerBenchExitCodes.ok
}
