import type { BrokerSettings } from '../../broker/profile/broker-settings.ts'
import { listenersOf } from '../../broker/profile/listeners.ts'
import { hostPort } from '../../lib/format.ts'
import { upToDate } from '../plan.ts'
import { formatTable } from '../text.ts'

/** The result of `broker configure`: where clients connect now. */
export function formatConfigured(settings: BrokerSettings, done: readonly string[]): string {
  if (done.length === 0) return upToDate
  const rows = listenersOf(settings).map(({ address, port, tls, websockets }) => {
    const protocol = `${websockets ? 'WebSockets' : 'MQTT'}${tls ? ' with TLS' : ''}`
    return [`  ${hostPort(address, port)}`, protocol]
  })
  return `\nThe broker works. It listens on:\n${formatTable(rows)}`
}
