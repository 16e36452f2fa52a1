import { setTimeout as sleep } from 'node:timers/promises'
import { slowness } from '../../lib/slowness.ts'
import { type BrokerEndpoint, close, open } from '../connect.ts'

const attemptMs = 2_000 * slowness()

/** Waits until the broker accepts a user. Throws the last error after `timeoutMs`, later on a slow machine. */
export async function waitForLogin(endpoint: BrokerEndpoint, timeoutMs: number): Promise<void> {
  for (const end = Date.now() + timeoutMs * slowness(); ; await sleep(50)) {
    try {
      return await close(await open(endpoint, attemptMs))
    } catch (error) {
      if (Date.now() >= end) throw error
    }
  }
}
