import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../lib/errors.ts'
import { slowness } from '../lib/slowness.ts'
import { type BrokerAddress, type BrokerEndpoint, close, open, refusalOf } from './connect.ts'
import { type Exercise, exerciseBroker } from './exercise-broker.ts'
import type { ProbeResult } from './probe-result.ts'
import { probeVersion5 } from './probe-version-5.ts'

/** A busy node may need a second to answer; after two the broker counts as frozen, on a slow machine later. */
const attemptMs = 2_000 * slowness()

/**
 * Wait until a broker answers an MQTT CONNECT, even with a refusal. An open port proves nothing: the kernel accepts
 * connections for a frozen broker, and another program may use the port. Tries at least once; throws the last error after
 * `timeoutMs`, later on a slow machine, or as soon as `worthWaiting` returns false.
 */
export async function waitForBroker(
  address: BrokerAddress,
  timeoutMs: number,
  worthWaiting: () => Promise<boolean> = async () => true,
): Promise<void> {
  const end = Date.now() + timeoutMs * slowness()
  for (;;) {
    try {
      await close(await open(address, attemptMs))
      return
    } catch (error) {
      if (refusalOf(error) !== undefined) return
      if (Date.now() >= end || !(await worthWaiting())) throw error
      await sleep(100)
    }
  }
}

/**
 * Connect as EdgeCore does and send messages to oneself; none of them reach the cloud. Connecting may take `timeoutMs`, and
 * everything else the same again. Never throws.
 */
export async function probeBroker(
  endpoint: BrokerEndpoint,
  exercise: Exercise,
  timeoutMs = attemptMs,
): Promise<ProbeResult> {
  const [found, version5] = await Promise.all([
    probeOnce(endpoint, exercise, timeoutMs),
    probeVersion5(endpoint, timeoutMs),
  ])
  return 'qos0' in found ? { ...found, ...version5 } : found
}

type Found = Exclude<ProbeResult, { qos0: unknown }> | Awaited<ReturnType<typeof exerciseBroker>>

async function probeOnce(endpoint: BrokerEndpoint, exercise: Exercise, timeoutMs: number): Promise<Found> {
  try {
    const client = await open(endpoint, timeoutMs)
    try {
      return await exerciseBroker(client, exercise, timeoutMs)
    } finally {
      await close(client)
    }
  } catch (error) {
    const code = refusalOf(error)
    return code === undefined
      ? { failure: messageOf(error) || 'no answer' }
      : { refused: { code, reason: messageOf(error).replace(/^Connection refused: /, '') } }
  }
}

/** Whether a listener accepts clients without authentication. */
export async function acceptsAnonymous(address: BrokerAddress): Promise<boolean> {
  return open(address, attemptMs).then(
    async client => {
      await close(client)
      return true
    },
    () => false,
  )
}
