import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckResult } from '../../checks/check.ts'
import { checksForRole } from '../../checks/index.ts'
import { runChecks } from '../../checks/run-checks.ts'
import { withNeeds } from '../../checks/with-needs.ts'
import { collectFacts, type Facts } from '../../facts/index.ts'
import { slowness } from '../../lib/slowness.ts'
import type { Node } from '../../node/node.ts'
import type { EdgecoreState } from '../record/journal.ts'
import { requireStableEdgecore } from './health.ts'

/** The check that EdgeCore is connected: the cloud may be away, which no EdgeCore can help. */
export const cloudCheck = 'edgecore-cloud'

/** Checks that show that EdgeCore works: its kubelet, its DeviceTwin over MQTT, its connection to the cloud. */
const proofs: readonly string[] = ['edgecore-health', 'twin-answers', cloudCheck]

/** EdgeCore connects to the cloud in seconds, on a slow machine later, and retries a refused websocket every 5 s. */
const patienceMs = 30_000 * slowness()
const pauseMs = 1_000

/** What EdgeCore does, in the facts about a node. */
export function edgecoreState(facts: Facts): EdgecoreState {
  const { units, edgecoreLog } = facts
  const log = 'value' in edgecoreLog ? edgecoreLog.value : undefined
  // A unit that is being restarted is active for moments.
  const up = 'value' in units && units.value.edgecore.active === 'active' && log?.fatal === undefined
  const passed = resultsOf(facts).filter(({ id, status }) => proofs.includes(id) && status === 'pass')
  return { up, passed: passed.map(({ id }) => id) }
}

/** The results of the proofs, and of the checks that they need. */
function resultsOf(facts: Facts): CheckResult[] {
  const needed = withNeeds(proofs)
  return runChecks(
    checksForRole('doctor', 'edge').filter(({ id }) => needed.has(id)),
    facts,
  )
}

/**
 * Waits until EdgeCore has been up for `stableForMs` without a restart and does what it did before: an EdgeCore that stands
 * still is active for systemd. Throws an Error with the reason.
 */
export async function proveEdgecore(
  node: Node,
  { passed }: EdgecoreState,
  stableForMs: number,
  signal: AbortSignal,
): Promise<void> {
  await requireStableEdgecore(node, stableForMs, signal)
  if (passed.length === 0) return
  let facts = await collectFacts(node, { beforeInstall: false })
  for (const end = Date.now() + patienceMs; ; await sleep(pauseMs, undefined, { signal })) {
    const only = new Set<keyof Facts>()
    const results = resultsOf(noting(facts, only))
    const lost = results.filter(({ id, status }) => passed.includes(id) && status !== 'pass')
    if (lost.length === 0) return
    await requireStableEdgecore(node, 0, signal)
    if (Date.now() > end) throw new Error(lossOf(lost, results))
    // Only what the checks have read can show what is lost.
    facts = await collectFacts(node, { beforeInstall: false, before: facts, only })
  }
}

/** Facts, and in `read` the names of those that have been read from it. */
const noting = (facts: Facts, read: Set<keyof Facts>): Facts =>
  new Proxy(facts, {
    get(target, name: keyof Facts) {
      read.add(name)
      return target[name]
    },
  })

/** A check that was skipped because of another one is explained by that. */
function lossOf(lost: readonly CheckResult[], results: readonly CheckResult[]): string {
  const ids = new Set(lost.flatMap(({ id, blockedBy = [] }) => (blockedBy.length > 0 ? blockedBy : [id])))
  const lines = results.filter(({ id }) => ids.has(id)).map(({ id, observed }) => `  ${id}: ${observed}`)
  return ['EdgeCore stays up, but does not work as before:', ...lines].join('\n')
}
