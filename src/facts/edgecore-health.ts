import { messageOf } from '../lib/errors.ts'
import { slowness } from '../lib/slowness.ts'
import type { Collector } from './collector.ts'

/** The health endpoint of the kubelet inside EdgeCore, on loopback only (edged readOnlyPort, v1.12 to v1.23). */
const address = 'http://127.0.0.1:10350/healthz'

export const edgecoreHealth: Collector<{ status: number; body: string } | { failure: string }> = {
  timeoutMs: 10_000,
  async collect({ network }) {
    try {
      return await network.get(address, 5_000 * slowness())
    } catch (error) {
      return { failure: messageOf(error) }
    }
  },
}
