import type { EventBusState } from '../../edgecore/log/event-bus-log.ts'
import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'
import { edgecoreStartMs } from './edgecore-start.ts'

/** EventBus tries again every 5 s, and then needs a moment; on a slow machine longer. */
const retryWithinMs = 12_000

/** Nothing has failed yet. */
const pending: readonly EventBusState[] = ['unknown', 'starting', 'connecting']

/**
 * Why EdgeCore may still need a moment to reach the broker: it has just started, or the broker has. Undefined once it is
 * connected, or has had time enough.
 */
export function whyConnecting(facts: Facts): string | undefined {
  const { eventBus, cause } = requireFact(facts.edgecoreLog)
  const { edgecore, broker } = requireFact(facts.units)
  if (edgecore.active !== 'active') return undefined
  const { activeForMs = Number.POSITIVE_INFINITY } = edgecore
  if (pending.includes(eventBus) && activeForMs < edgecoreStartMs(facts))
    return `EdgeCore is connecting: it started ${seconds(activeForMs)} ago`
  const { activeForMs: brokerForMs = Number.POSITIVE_INFINITY } = broker
  if (
    (eventBus === 'connecting' || cause?.code === 'connection-refused') &&
    brokerForMs < retryWithinMs * requireFact(facts.machine).slowness
  )
    return `EdgeCore is reconnecting: the broker started ${seconds(brokerForMs)} ago, and EdgeCore tries every 5 s`
  return undefined
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
