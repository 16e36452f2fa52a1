import { slowness } from '../../lib/slowness.ts'
import type { Network } from '../../node/network/network.ts'

/** What the service reports about itself. */
export interface ServiceHealth {
  broker: 'connected' | 'away'
  database: 'ok' | 'away'
  /** Messages that arrived and are not stored yet. */
  waiting: number
  /** How long the oldest of them has waited, in ms. */
  lagMs: number
  /** Messages of the last hour that did not fit. */
  deadLetters: number
}

/** Ask the service at this address. Throws an Error when it does not answer, or when something else does. */
export async function readHealth(
  { get }: Pick<Network, 'get'>,
  { address, port }: { address: string; port: number },
): Promise<ServiceHealth> {
  const { body } = await get(`http://${reachable(address)}:${port}/healthz`, 2_000 * slowness())
  const health = parseHealth(body)
  if (!health) throw new Error('another program answers')
  return health
}

/** An address on which the service listens everywhere is not one to connect to. */
function reachable(address: string): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return host.includes(':') ? `[${host}]` : host
}

function parseHealth(body: string): ServiceHealth | undefined {
  try {
    const { broker, database, waiting, lag_ms: lagMs, dead_letters: deadLetters } = JSON.parse(body)
    const isHealth =
      (broker === 'connected' || broker === 'away') &&
      (database === 'ok' || database === 'away') &&
      [waiting, lagMs, deadLetters].every(Number.isFinite)
    return isHealth ? { broker, database, waiting, lagMs, deadLetters } : undefined
  } catch {
    return undefined
  }
}
