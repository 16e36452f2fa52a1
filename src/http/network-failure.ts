import { EdgekitError, messageOf } from '../lib/errors.ts'
import { Transient } from './retry.ts'
import { tlsFailure } from './tls-failure.ts'

/** There was no complete response: the server or the proxy cannot be reached, or the connection broke. */
export class NetworkFailure extends Transient {
  /** What to do, as a clause: callers can append an alternative. */
  readonly advice: string

  constructor(message: string, advice: string, cause: unknown) {
    super(message, { cause })
    this.advice = advice
  }
}

const checkNetwork = 'Check the network, firewall, and proxy settings of this machine'

/**
 * The error for a failed connection to `url`: TlsFailure, NetworkFailure, or EdgekitError when the proxy refuses. Names
 * the proxy where that is what failed, never its password.
 */
export function networkFailure(url: URL, error: unknown): Error {
  const tls = tlsFailure(url.host, error)
  if (tls !== undefined) return tls
  const { code, hostname, address, port, statusCode } = detailsOf(error)
  if (code === 'ERR_PROXY_TUNNEL') return tunnelFailure(url, statusCode, error)
  const proxy = proxyIn(url, { hostname, address, port })
  if (proxy !== undefined) {
    const advice = 'Correct HTTPS_PROXY and HTTP_PROXY, or add the host to NO_PROXY'
    return new NetworkFailure(`proxy ${proxy}: ${messageOf(error)}`, advice, error)
  }
  const at = (reason: string, advice: string): Error =>
    new NetworkFailure(`${url.host}: ${reason}`, advice, error)
  // Node.js reports "aborted" or "socket hang up", as if the client had closed it.
  if (code === 'ECONNRESET') return at('the server closed the connection', checkNetwork)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return at(messageOf(error), 'Check the host name, and DNS on this machine')
  if (code === 'ECONNREFUSED')
    return at(messageOf(error), `Check that ${url.hostname} serves port ${portOf(url)}, and the firewall`)
  return at(messageOf(error), checkNetwork)
}

/** No complete response within the timeout. */
export const timedOut = (url: URL, reason: string): NetworkFailure =>
  new NetworkFailure(`${url.host}: ${reason}`, checkNetwork, undefined)

/** The proxy answered in place of the server: HTTP 407. */
export const proxyLoginRequired = ({ host, protocol }: URL): EdgekitError =>
  new EdgekitError(`the proxy requires a login for ${host} (HTTP 407)`, {
    code: 'download-failed',
    remedy: `Set a proxy URL with user and password:\n  export ${variableFor(protocol)}=http://USER:PASSWORD@proxy.example:3128`,
  })

function tunnelFailure(url: URL, status: number | undefined, cause: unknown): Error {
  if (status === 407) return proxyLoginRequired(url)
  if (status === undefined || status >= 500) {
    const reason = status === undefined ? '' : ` (HTTP ${status})`
    return new NetworkFailure(`the proxy cannot reach ${url.host}${reason}`, checkNetwork, cause)
  }
  return new EdgekitError(`the proxy refuses connections to ${url.host} (HTTP ${status})`, {
    code: 'download-failed',
    remedy: `Allow ${url.host} in the proxy, or add it to NO_PROXY if this machine reaches it directly.`,
    cause,
  })
}

const variableFor = (protocol: string): string => (protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80)

interface Details {
  code: string
  hostname?: string | undefined
  address?: string | undefined
  port?: number | undefined
  statusCode?: number | undefined
}

function detailsOf(error: unknown): Details {
  const fields = error instanceof Error ? new Map<string, unknown>(Object.entries(error)) : new Map()
  const text = (name: string): string | undefined => {
    const value = fields.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const number = (name: string): number | undefined => {
    const value = fields.get(name)
    return typeof value === 'number' ? value : undefined
  }
  return {
    code: text('code') ?? '',
    hostname: text('hostname'),
    address: text('address'),
    port: number('port'),
    statusCode: number('statusCode'),
  }
}

/** The host that failed, if it is not the one in the URL but the proxy on the way to it. */
function proxyIn(url: URL, { hostname, address, port }: Omit<Details, 'code'>): string | undefined {
  if (hostname !== undefined && hostname !== url.hostname.replace(/^\[|\]$/g, '')) return hostname
  return address !== undefined && port !== undefined && port !== portOf(url)
    ? `${address}:${port}`
    : undefined
}
