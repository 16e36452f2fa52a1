import { messageOf } from '../lib/errors.ts'
import type { Node } from '../node/node.ts'
import { anonymousEndpoints } from './anonymous-endpoints.ts'
import { brokerConfig } from './broker-config.ts'
import { brokerJournal } from './broker-journal.ts'
import { brokerProbe } from './broker-probe.ts'
import { brokerProcess } from './broker-process.ts'
import { certificates } from './certificates.ts'
import { clock } from './clock.ts'
import type { Collector } from './collector.ts'
import { containerd } from './containerd.ts'
import { containerdFiles } from './containerd-files.ts'
import { ctr } from './ctr.ts'
import { disks } from './disks.ts'
import type { DriftCollector } from './drift.ts'
import { edgecoreConfig } from './edgecore-config.ts'
import { edgecoreDatabase } from './edgecore-database.ts'
import { edgecoreHealth } from './edgecore-health.ts'
import { edgecoreLog } from './edgecore-log.ts'
import type { Fact } from './fact.ts'
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

/** Everything edgekit looks at. The name of a fact is the name of its collector. */
const collectors = {
  machine,
  clock,
  disks,
  network,
  units,
  journalStorage,
  containerd,
  runtimePrograms,
  containerdFiles,
  ctr,
  runc,
  listeners,
  brokerProbe,
  brokerConfig,
  brokerProcess,
  anonymousEndpoints: anonymousEndpoints,
  brokerJournal,
  edgecoreConfig,
  edgecoreLog,
  edgecoreHealth,
  edgecoreDatabase,
  certificates,
  secretFiles,
  bundle,
  installedSettings: installedSettings,
}

type Collectors = typeof collectors
type ValueOf<C> = C extends Collector<infer T> ? T : never

/** What is known about a node: plain data, which can be saved and looked at elsewhere. */
export type Facts = { [K in keyof Collectors]: Fact<ValueOf<Collectors[K]>> } & {
  drift: Fact<ValueOf<DriftCollector>>
}

export const factNames = [...Object.keys(collectors), 'drift'] as (keyof Facts)[]

const notCompared: DriftCollector = {
  name: 'drift',
  timeoutMs: 1_000,
  collect: async () => undefined,
}

async function collect<T>(
  collector: Collector<T>,
  node: Node,
  { leastMs = 0, limitMs = Number.POSITIVE_INFINITY }: CollectOptions,
): Promise<Fact<T>> {
  const timeoutMs = Math.min(Math.max(collector.timeoutMs, leastMs), limitMs)
  const signal = AbortSignal.timeout(timeoutMs)
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), {
      once: true,
    })
  })
  try {
    return { value: await Promise.race([collector.collect(node, signal), late]) }
  } catch (error) {
    return { unknown: messageOf(error) }
  }
}

interface CollectOptions {
  /** The longest that anything may take, milliseconds. */
  limitMs?: number
  /** Everything may take as long as this, milliseconds: an install would rather wait than refuse. */
  leastMs?: number
  drift?: DriftCollector
  /** Also what only an install wants to know. */
  beforeInstall?: boolean
  /** What an install has found before it. What it does not change is not looked at once more. */
  before?: Facts
}

/**
 * Look at a node: all collectors at once, each within its own time and at most `limitMs` milliseconds. Never throws; a
 * failed one leaves its reason. Without `drift` the node is not compared with what was installed.
 */
export async function collectFacts(node: Node, options: CollectOptions = {}): Promise<Facts> {
  const { drift = notCompared, beforeInstall = true, before } = options
  const look = memoizedNode(node)
  const entries = await Promise.all(
    Object.entries({ ...collectors, drift }).map(async ([name, collector]) => [
      name,
      before && collector.lasting
        ? before[name as keyof Facts]
        : collector.onlyBeforeInstall && !beforeInstall
          ? { unknown: 'looked at only before an install' }
          : await collect<unknown>(collector, look, options),
    ]),
  )
  return Object.fromEntries(entries) as Facts
}
