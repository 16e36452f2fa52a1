import type { Listener } from '../node/network.ts'
import { broker } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** Who listens on the broker's port. */
export const listeners: Collector<Listener[]> = {
  name: 'listeners',
  timeoutMs: 10_000,
  collect: node => node.network.listeners(broker.port),
}
