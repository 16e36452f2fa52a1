import { deadline } from '../lib/deadline.ts'
import { slowness } from '../lib/slowness.ts'
import { type BrokerEndpoint, close, open } from './connect.ts'

const timeoutMs = 2_000 * slowness()

/**
 * What a broker publishes about itself below `$SYS`, by topic; without those that it does not publish. mosquitto retains them. Throws an
 * Error when it does not accept the connection.
 */
export async function readSystemTopics(
  endpoint: BrokerEndpoint,
  topics: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const client = await open(endpoint, timeoutMs)
  const found = new Map<string, string>()
  using end = deadline(timeoutMs)
  try {
    const complete = new Promise<void>(resolve => {
      client.on('message', (topic, payload) => {
        found.set(topic, payload.toString())
        if (found.size === topics.length) resolve()
      })
    })
    await client.subscribeAsync([...topics])
    await Promise.race([complete, end.passed])
    return found
  } finally {
    await close(client)
  }
}
