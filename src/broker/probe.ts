import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../lib/errors.ts'
import { type BrokerAddress, type BrokerEndpoint, close, open, refusalOf } from './connect.ts'
import { exerciseBroker, type Questions } from './exercise-broker.ts'
import type { ProbeResult } from './probe-result.ts'

/** A busy node may need a second; one that needs more is frozen. */
const attemptMs = 2_000

/**
 * Wait until a broker answers an MQTT CONNECT, be it with a refusal. That a port is open proves nothing: the kernel
 * accepts for a frozen broker, and another program may hold the port. It is asked at least once; after `timeoutMs`, or
 * as soon as it is no longer worth waiting, this throws the last reason.
 */
export async function waitForBroker(
  address: BrokerAddress,
  timeoutMs: number,
  worthWaiting: () => Promise<boolean> = async () => true,
): Promise<void> {
  const end = Date.now() + timeoutMs
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
 * Go in as EdgeCore does, send messages to oneself and see what comes back; nothing of it reaches the cloud. To connect
 * may take `timeoutMs`, and all the rest the same again. Never throws.
 */
export async function probeBroker(
  door: BrokerEndpoint,
  questions: Questions,
  timeoutMs = attemptMs,
): Promise<ProbeResult> {
  const [found, mqtt5] = await Promise.all([
    askOnce(door, questions, timeoutMs),
    speaksVersion5(door, timeoutMs),
  ])
  return 'qos0' in found ? { ...found, mqtt5 } : found
}

type Found = Exclude<ProbeResult, { qos0: unknown }> | Awaited<ReturnType<typeof exerciseBroker>>

async function askOnce(door: BrokerEndpoint, questions: Questions, timeoutMs: number): Promise<Found> {
  try {
    const client = await open(door, timeoutMs)
    try {
      return await exerciseBroker(client, questions, timeoutMs)
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

async function speaksVersion5(
  door: BrokerEndpoint,
  timeoutMs: number,
): Promise<{ accepted: true } | { failure: string }> {
  try {
    await close(await open(door, timeoutMs, 5))
    return { accepted: true }
  } catch (error) {
    return { failure: messageOf(error) }
  }
}

/** Does a listener let somebody in who says nothing of himself? */
export async function acceptsAnonymous(address: BrokerAddress): Promise<boolean> {
  return open(address, attemptMs).then(
    async client => {
      await close(client)
      return true
    },
    () => false,
  )
}
