import type { Collector } from './collector.ts'

export interface NetworkFacts {
  /** Interfaces through which a default route goes. */
  defaultRoutes: string[]
  /** Addresses that others can reach. */
  addresses: string[]
}

export const network: Collector<NetworkFacts> = {
  name: 'network',
  timeoutMs: 10_000,
  lasting: true,
  collect: async ({ network }) => ({
    defaultRoutes: await network.defaultRoutes(),
    addresses: network.addresses(),
  }),
}
