import type { Version } from '../../mqtt/packet.ts'
import type { RunParts } from '../context.ts'
import { TestContext } from '../context.ts'
import type { Leftover } from '../trace.ts'
import { Verdict } from '../verdict.ts'

/**
 * Remove what a run left on the broker, by name: its sessions and its retained messages. Returns what could not be removed.
 */
export async function cleanUp(parts: RunParts, leftovers: readonly Leftover[]): Promise<Leftover[]> {
  const remaining = new Set(leftovers)
  const versions = [...new Set(leftovers.map(({ version }) => version))]
  for (const version of versions) {
    const context = new TestContext(parts, version, 0)
    try {
      const mine = leftovers.filter(leftover => leftover.version === version)
      for (const removed of await removeAll(context, mine)) remaining.delete(removed)
    } finally {
      await context.close()
    }
  }
  return [...remaining]
}

async function removeAll(context: TestContext, leftovers: readonly Leftover[]): Promise<Leftover[]> {
  const removed: Leftover[] = []
  try {
    for (const leftover of leftovers) {
      if ('session' in leftover) await context.endSession(leftover.session)
      removed.push(leftover)
    }
    await clearRetained(
      context,
      leftovers.flatMap(leftover => ('retained' in leftover ? [leftover.retained] : [])),
    )
    return removed
  } catch (error) {
    if (!(error instanceof Verdict)) throw error
    return removed.filter(leftover => 'session' in leftover)
  }
}

async function clearRetained(context: TestContext, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return
  const client = await context.connect()
  for (const topic of topics) await client.publish({ topic, retain: true })
  // All of them have been handled when the answer arrives.
  await client.ping()
  await client.disconnect()
}

/** In words, for a person. */
export const describeLeftover = (leftover: Leftover & { version: Version }): string =>
  'session' in leftover ? `session ${leftover.session}` : `retained message on ${leftover.retained}`
