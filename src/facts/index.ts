import { deadline } from '../lib/deadline.ts'
import { messageOf } from '../lib/errors.ts'
import { slowness } from '../lib/slowness.ts'
import type { Node } from '../node/node.ts'
import { anonymousEndpoints } from './anonymous-endpoints.ts'
import { brokerAccess } from './broker-access.ts'
import { brokerClients } from './broker-clients.ts'
import { brokerConfig } from './broker-config.ts'
import { brokerDatabase } from './broker-database.ts'
import { brokerJournal } from './broker-journal.ts'
import { brokerProbe } from './broker-probe.ts'
import { brokerProcess } from './broker-process.ts'
import { certificates } from './certificates.ts'
import { clock } from './clock.ts'
import type { Collector } from './collector.ts'
import { containerd } from './containerd.ts'
import { containerdFiles } from './containerd-files.ts'
import { ctr } from './ctr.ts'
import { deviceService } from './device-service.ts'
import { disks } from './disks.ts'
import type { DriftCollector } from './drift.ts'
import { edgecoreConfig } from './edgecore-config.ts'
import { edgecoreDatabase } from './edgecore-database.ts'
import { edgecoreHealth } from './edgecore-health.ts'
import { edgecoreLog } from './edgecore-log.ts'
import type { Fact } from './fact.ts'
import { fileSizes } from './file-sizes.ts'
import { imageDamage } from './image-damage.ts'
import { bundle } from './installed-bundle.ts'
import { installedSettings } from './installed-settings.ts'
import { journalStorage } from './journal-storage.ts'
import { listeners } from './listeners.ts'
import { machine } from './machine.ts'
import { memoizedNode } from './memoized-node.ts'
import { network } from './network.ts'
import { runc } from './runc.ts'
import { runtimePrograms } from './runtime-programs.ts'
import { secretFiles } from './secret-files.ts'
import { units } from './units.ts'

/** All collectors, by the name of their fact. */
const collectors = {
  machine,
  clock,
  disks,
  fileSizes,
  network,
  units,
  journalStorage,
  containerd,
  runtimePrograms,
  containerdFiles,
  imageDamage,
  ctr,
  runc,
  listeners,
  brokerProbe,
  brokerClients,
  brokerConfig,
  brokerAccess,
  brokerDatabase,
  brokerProcess,
  anonymousEndpoints,
  brokerJournal,
  edgecoreConfig,
  edgecoreLog,
  edgecoreHealth,
  edgecoreDatabase,
  certificates,
  secretFiles,
  deviceService,
  bundle,
  installedSettings,
}

type Collectors = typeof collectors
type ValueOf<C> = C extends Collector<infer T> ? T : never

/** All facts about a node: plain data, which can be saved and checked on another machine. */
export type Facts = { [K in keyof Collectors]: Fact<ValueOf<Collectors[K]>> } & {
  drift: Fact<ValueOf<DriftCollector>>
}

export const factNames = [...Object.keys(collectors), 'drift'] as (keyof Facts)[]

const noDrift: DriftCollector = {
  timeoutMs: 1_000,
  collect: async () => undefined,
}

/** One fact about a node. Never throws: a collector that fails or exceeds its time-out leaves it unknown, with the reason. */
export async function collectFact<T>(
  collector: Collector<T>,
  node: Node,
  { minTimeoutMs = 0, maxTimeoutMs = Number.POSITIVE_INFINITY }: CollectOptions = {},
): Promise<Fact<T>> {
  const moreTimeMs = (await collector.moreTimeMs?.(node).catch(() => 0)) ?? 0
  const usualMs = collector.timeoutMs + moreTimeMs
  const timeoutMs = Math.min(Math.max(Math.round(usualMs * slowness()), minTimeoutMs), maxTimeoutMs)
  using end = deadline(timeoutMs)
  const late = end.passed.then(() => {
    throw new Error(`no answer within ${timeoutMs / 1000} s`)
  })
  const start = performance.now()
  const tookMs = () => Math.round(performance.now() - start)
  try {
    const value = await Promise.race([collector.collect(node, end.signal), late])
    return { value, tookMs: tookMs() }
  } catch (error) {
    return { unknown: messageOf(error), tookMs: tookMs() }
  }
}

interface CollectOptions {
  /** Upper limit for the time-out of every collector. */
  maxTimeoutMs?: number
  /** Lower limit for the time-out of every collector: an install waits longer rather than refuse. */
  minTimeoutMs?: number
  drift?: DriftCollector
  /** Also collect the facts that only an install needs; the default. */
  beforeInstall?: boolean
  /** Facts from before an install: those that it does not change are copied. */
  before?: Facts
  /** With `before`: all but these are copied. */
  only?: ReadonlySet<keyof Facts>
}

/**
 * Collect all facts about a node at the same time. Never throws: a collector that fails or exceeds its time-out leaves an
 * unknown fact with the reason. Without `drift` the node is not compared with what was installed.
 */
export async function collectFacts(node: Node, options: CollectOptions = {}): Promise<Facts> {
  const { drift = noDrift, beforeInstall = true, before, only } = options
  const memoized = memoizedNode(node)
  const entries = await Promise.all(
    Object.entries({ ...collectors, drift }).map(async ([name, collector]) => [
      name,
      before && (only ? !only.has(name as keyof Facts) : collector.unchangedByInstall)
        ? before[name as keyof Facts]
        : collector.onlyBeforeInstall && !beforeInstall
          ? { unknown: 'collected only before an install' }
          : await collectFact<unknown>(collector, memoized, options),
    ]),
  )
  return Object.fromEntries(entries) as Facts
}
