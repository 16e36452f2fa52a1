import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'

/** EventBus tries again every 5 s, and needs a moment more on a slow board. */
const withinMs = 12_000

/** How long ago the broker started, in seconds, while EdgeCore has not connected again yet; otherwise undefined. */
export function reconnectingSince(facts: Facts): number | undefined {
  const { eventBus, cause } = requireFact(facts.edgecoreLog)
  const { activeForMs = Number.POSITIVE_INFINITY } = requireFact(facts.units).broker
  const isWaiting = eventBus === 'connecting' || cause?.code === 'connection-refused'
  return isWaiting && activeForMs < withinMs ? Math.round(activeForMs / 1000) : undefined
}
