import { setTimeout as sleep } from 'node:timers/promises'
import { edgecoreLog } from '../../facts/edgecore-log.ts'
import type { Node } from '../../node/node.ts'

/**
 * EdgeCore counts as started as soon as its process is there. Wait until its log says that EventBus has reached the
 * broker, or that it died, or `timeoutMs` is over; whether that is good is for the checklist to say.
 */
export async function waitForBrokerConnection(node: Node, timeoutMs: number): Promise<void> {
  const end = Date.now() + timeoutMs
  for (let pause = 20; Date.now() < end; pause = Math.min(pause * 1.5, 1000)) {
    const log = await edgecoreLog.collect(node, AbortSignal.timeout(edgecoreLog.timeoutMs))
    if (!log.stopped && (log.eventBus === 'up' || log.fatal)) return
    await sleep(pause)
  }
}
