import { isIPv6 } from 'node:net'

/** The address to connect to, or paho's error for an invalid one. */
export type BrokerAddress =
  | { secure: boolean; path: string }
  | { secure: boolean; host: string; port: number }

const plain = new Set(['tcp'])
const secure = new Set(['ssl', 'tls', 'tcps'])

/** Parse a broker address like eclipse/paho.mqtt.golang v1.2.0 does (options.go AddBroker, net.go openConnection). */
export function brokerAddress(server: string): BrokerAddress | string {
  const withHost = server.startsWith(':') ? `127.0.0.1${server}` : server
  const url = withHost.includes('://') ? withHost : `tcp://${withHost}`
  const [, scheme = '', host = '', path = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#\s]*)([^\s]*)$/i.exec(url) ?? []
  if (scheme === '') return 'No servers defined to connect to'
  if (scheme === 'unix') return { secure: false, path: host || path }
  // paho also supports ws and wss; the stand-in does not need them.
  if (!plain.has(scheme) && !secure.has(scheme)) return 'Network Error : Unknown protocol'
  if (host === '') return 'Network Error : dial tcp: missing address'
  const [, name, port] = /^(.*):(\d*)$/.exec(host) ?? []
  if (name === undefined || isIPv6(host))
    return `Network Error : dial tcp: address ${host}: missing port in address`
  return {
    secure: secure.has(scheme),
    host: name.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(port),
  }
}
