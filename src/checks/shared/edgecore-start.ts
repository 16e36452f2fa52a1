import { requireFact } from '../../facts/fact.ts'
import type { Facts } from '../../facts/index.ts'

/** How long EdgeCore may take to start its modules and to connect to its container runtime, in ms; on a slow machine longer. */
export const edgecoreStartMs = (facts: Facts): number => 15_000 * requireFact(facts.machine).slowness
