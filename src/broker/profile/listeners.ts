import { broker } from '../../node/paths.ts'
import type { BrokerEndpoint } from '../connect.ts'
import { type BrokerSettings, isWildcard, tlsPort, websocketsPort } from './broker-settings.ts'

interface Listener {
  port: number
  address: string
  tls: boolean
  websockets: boolean
}

/** The listeners of mosquitto.conf, in its order. */
export function listenersOf(settings: BrokerSettings): Listener[] {
  const plain = { port: broker.port, tls: false, websockets: false }
  const local = { ...plain, address: broker.host }
  if (settings.profile === 'local') return [local]
  const { addresses, websockets, allowPlaintextListener, plaintextWebsockets = false } = settings
  const open = allowPlaintextListener ? addresses.map(address => ({ ...plain, address })) : []
  const on = (port: number, websockets: boolean, tls: boolean): Listener[] =>
    addresses.map(address => ({ port, address, tls, websockets }))
  return [
    // It would take the address of the one for all.
    ...(open.some(({ address }) => address === '0.0.0.0') ? [] : [local]),
    ...open,
    ...on(tlsPort, false, true),
    ...(websockets ? on(websocketsPort, true, !plaintextWebsockets) : []),
  ]
}

/** Where edgekit, on the node, reaches each listener; `ca` is the CA of the broker in PEM. */
export const listenerEndpoints = (settings: BrokerSettings, ca: string): BrokerEndpoint[] =>
  listenersOf(settings).map(({ port, address, tls, websockets }) => ({
    // 127.0.0.1 does not reach a listener on `::`, which mosquitto opens for IPv6 alone (IPV6_V6ONLY).
    host: isWildcard(address) ? (address === '::' ? '::1' : broker.host) : address,
    port,
    ...(tls && { tls: { ca, verify: true } as const }),
    ...(websockets && { websockets }),
  }))
