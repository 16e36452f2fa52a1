import { setTimeout as sleep } from 'node:timers/promises'
import { edgecoreLog } from '../../facts/edgecore-log.ts'
import { slowness } from '../../lib/slowness.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'

/**
 * systemd counts EdgeCore as started as soon as its process exists. Waits until its log shows that EventBus has
 * connected to the broker or that EdgeCore has died, at most `timeoutMs`, on a slow machine longer; the checklist judges the result.
 */
export const waitForBrokerConnection = (node: Node, runStep: RunStep, timeoutMs = 30_000): Promise<void> =>
  runStep('Wait for EdgeCore to connect to the broker', () => untilConnected(node, timeoutMs))

async function untilConnected(node: Node, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs * slowness()
  for (let pauseMs = 20; Date.now() < end; pauseMs = Math.min(pauseMs * 1.5, 1000)) {
    const log = await edgecoreLog.collect(node, AbortSignal.timeout(edgecoreLog.timeoutMs))
    if (!log.stopped && (log.eventBus === 'up' || log.fatal)) return
    await sleep(pauseMs)
  }
}
