import { setTimeout as sleep } from 'node:timers/promises'
import { type BrokerEndpoint, close, open } from '../connect.ts'

const attemptMs = 2_000

/** Waits until the broker accepts a user. Throws the last error after `timeoutMs`. */
export async function waitForLogin(endpoint: BrokerEndpoint, timeoutMs: number): Promise<void> {
  for (const end = Date.now() + timeoutMs; ; await sleep(50)) {
    try {
      return await close(await open(endpoint, attemptMs))
    } catch (error) {
      if (Date.now() >= end) throw error
    }
  }
}
