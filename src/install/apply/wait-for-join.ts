import { setTimeout as sleep } from 'node:timers/promises'
import type { Cause } from '../../edgecore/log/known/known-line.ts'
import { readNodeConfig } from '../../facts/edgecore-config.ts'
import { edgecoreDatabase } from '../../facts/edgecore-database.ts'
import { type EdgecoreLogFacts, edgecoreLog } from '../../facts/edgecore-log.ts'
import { memoizedNode } from '../../facts/memoized-node.ts'
import type { Node } from '../../node/node.ts'
import { units } from '../../node/paths.ts'

/** Go's dial timeout in EdgeCore is 30 s: dropped packets show after that. */
const joinTimeoutMs = 60_000
/** EdgeCore retries a refused websocket every 5 s; a restart of CloudCore takes less than this. */
const patienceMs = 15_000
/** A node that only believes that it is registered logs so many times a second (KubeEdge v1.23.1). */
const confirmMs = 2_000
const pauseMs = 500

/** Whether a node has its certificate, is connected to its cloud and registered there. Plain data. */
export interface Join {
  joined: boolean
  /** Why not; undefined when EdgeCore exited, which the checklist reports. */
  cause?: Cause
  /** The log line that shows it. */
  line?: string
}

/** EdgeCore logs to a place that edgekit cannot read, or its log was deleted. */
const unseen = (reason = "EdgeCore's log is empty"): Cause => ({
  code: 'join-not-seen',
  text: `neither EdgeCore's log nor its database shows that the cloud has registered it (${reason})`,
  remedy: 'Check in the cloud whether the node is there, and read the log where EdgeCore writes it.',
  commands: ['kubectl get nodes', 'systemctl cat edgecore'],
})

const unregistered: Cause = {
  code: 'not-registered-in-time',
  text: `the cloud has not registered this node within ${joinTimeoutMs / 1000} s`,
  remedy:
    "Check the logs of EdgeCore and CloudCore. EdgeCore keeps trying; edgekit doctor shows when it's connected.",
  commands: ['journalctl -u edgecore -n 50 --no-pager', 'kubectl -n kubeedge logs deployment/cloudcore'],
}

/**
 * Waits until the log of a node that has not joined yet shows that the cloud has registered it, that EdgeCore exited, or
 * that the cloud keeps refusing it; at most `joinTimeoutMs`. Where the log shows nothing, EdgeCore's database does. `note`
 * shows the remaining time. Aborts with `signal`.
 */
export async function waitForJoin(
  node: Node,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<Join> {
  try {
    return await watchJoin(node, note, signal)
  } finally {
    note('')
  }
}

async function watchJoin(node: Node, note: (text: string) => void, signal: AbortSignal): Promise<Join> {
  const { config } = await readNodeConfig(memoizedNode(node))
  const hasKubelet = config.edged.enable.value
  const end = Date.now() + joinTimeoutMs
  let refusedSince: number | undefined
  let registeredSince: number | undefined
  for (;;) {
    signal.throwIfAborted()
    const log = await edgecoreLog.collect(node, AbortSignal.timeout(edgecoreLog.timeoutMs))
    const now = Date.now()
    if (log.fatal) return { joined: false }
    if (saysNothing(log) && (await isInDatabase(memoizedNode(node)))) return { joined: true }
    if (isJoined(log, hasKubelet)) {
      registeredSince ??= now
      if (now - registeredSince >= confirmMs) return { joined: true }
    } else registeredSince = undefined
    if (log.registered === false) return notJoined(log)
    refusedSince = isRefused(log) ? (refusedSince ?? now) : undefined
    if (now >= end || (refusedSince !== undefined && now - refusedSince >= patienceMs)) return notJoined(log)
    note(`${Math.ceil((end - now) / 1000)} s left`)
    await sleep(pauseMs)
  }
}

const saysNothing = ({ cloud, registered }: EdgecoreLogFacts): boolean =>
  cloud === 'unknown' && registered === undefined

/**
 * The cloud has answered a heartbeat of this EdgeCore: a Node that it has kept since an earlier start, or from another cloud,
 * proves nothing.
 */
async function isInDatabase(node: Node): Promise<boolean> {
  const [{ wasRegistered, reportedAt = 0 }, { activeForMs }] = await Promise.all([
    edgecoreDatabase.collect(node, AbortSignal.timeout(edgecoreDatabase.timeoutMs)),
    node.systemd.unit(units.edgecore),
  ])
  if (wasRegistered !== true || activeForMs === undefined) return false
  const startedAt = Date.now() - activeForMs
  return reportedAt >= Math.floor(startedAt / 1000) * 1000
}

/** Without its kubelet (edged), EdgeCore registers nothing. */
const isJoined = ({ cloud, registered }: EdgecoreLogFacts, hasKubelet: boolean): boolean =>
  cloud === 'disabled' || (cloud === 'connected' && (registered === true || !hasKubelet))

/** A certificate was issued, and the websocket is refused. */
const isRefused = ({ cloud, cloudReason }: EdgecoreLogFacts): boolean =>
  cloud === 'reconnecting' && cloudReason !== undefined

const notJoined = (log: EdgecoreLogFacts): Join => {
  const { cloudCause, cloudReason } = log
  const nothing = saysNothing(log) ? unseen(log.unseen) : unregistered
  const { line = cloudReason, ...cause }: Cause & { line?: string } = cloudCause ?? nothing
  return { joined: false, cause, ...(line !== undefined && { line }) }
}
