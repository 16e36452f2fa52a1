import { broker } from '../../node/paths.ts'
import type { BrokerEndpoint } from '../connect.ts'
import { type BrokerSettings, isWildcard, tlsPort, websocketsPort } from './broker-settings.ts'

/** Where clients reach each listener of mosquitto.conf, in its order; `ca` is the CA of the broker in PEM. */
export function listenerEndpoints(settings: BrokerSettings, ca: string): BrokerEndpoint[] {
  if (settings.profile === 'local') return [broker]
  const tls = { ca, verify: true } as const
  const hosts = settings.addresses.map(address => (isWildcard(address) ? '127.0.0.1' : address))
  return [
    broker,
    ...hosts.map(host => ({ host, port: tlsPort, tls })),
    ...(settings.websockets
      ? hosts.map(host => ({ host, port: websocketsPort, tls, websockets: true }))
      : []),
  ]
}
