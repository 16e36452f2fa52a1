import type { Collector } from './collector.ts'

export interface NetworkFacts {
  /** Interfaces with a default route. */
  defaultRoutes: string[]
  /** Addresses that are neither loopback nor link-local. */
  addresses: string[]
}

export const network: Collector<NetworkFacts> = {
  timeoutMs: 10_000,
  unchangedByInstall: true,
  collect: async ({ network }) => ({
    defaultRoutes: await network.defaultRoutes(),
    addresses: network.addresses(),
  }),
}
