import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import type { BrokerEndpoint } from '../broker/connect.ts'
import { EdgekitError } from '../lib/errors.ts'
import { hostPort } from '../lib/format.ts'

/** The broker under test. */
export type Target = BrokerEndpoint

/** How the user reaches the broker. */
interface Access {
  username: string | undefined
  password: string | undefined
  ca: string | undefined
}

/** What each scheme means; WebSockets use the ports of HTTP. */
const schemes: Readonly<Record<string, { port: number; tls: boolean; websockets: boolean }>> = {
  'mqtt:': { port: 1883, tls: false, websockets: false },
  'mqtts:': { port: 8883, tls: true, websockets: false },
  'ws:': { port: 80, tls: false, websockets: true },
  'wss:': { port: 443, tls: true, websockets: true },
}

/** Read `mqtt`, `mqtts`, `ws`, or `wss``://HOST[:PORT]`, with a path for WebSockets. Throws EdgekitError (invalid-usage). */
export function parseTarget(text: string, { username, password, ca }: Access): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const scheme = schemes[url?.protocol ?? '']
  const hasPath = url !== undefined && !/^\/?$/.test(url.pathname)
  if (!url?.hostname || !scheme || (hasPath && !scheme.websockets) || url.search || url.hash)
    throw usage(
      `invalid URL ${JSON.stringify(text)}`,
      'Use mqtt://HOST:PORT, mqtts://HOST:PORT for TLS, or ws:// and wss:// for WebSockets.',
    )
  if (url.username || url.password)
    throw usage(
      'a password in the URL is visible to every user of this machine',
      'Put it into a file, and add --username NAME --password-file FILE.',
    )
  if (ca !== undefined && !scheme.tls)
    throw usage('--ca requires TLS', 'Use mqtts:// instead of mqtt://, or wss:// instead of ws://.')
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    port: url.port === '' ? scheme.port : Number(url.port),
    ...(username !== undefined && { login: { username, password: password ?? '' } }),
    ...(scheme.tls && { tls: ca === undefined ? {} : { ca } }),
    ...(scheme.websockets && { websockets: true }),
    ...(hasPath && { path: url.pathname }),
  }
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })

export function addressOf({ host, port, tls, websockets, path = '' }: Target): string {
  const scheme = websockets ? (tls ? 'wss' : 'ws') : tls ? 'mqtts' : 'mqtt'
  return `${scheme}://${hostPort(host, port)}${path}`
}

/** The certificate must be for the host, and of the CA of the target. */
export const tlsOptions = ({ host, tls }: Target): ConnectionOptions => ({
  // An address is not allowed there (RFC 6066, section 3).
  servername: isIP(host) ? '' : host,
  ...(tls?.ca && { ca: tls.ca }),
  ...(tls?.cert && { cert: tls.cert }),
  ...(tls?.key && { key: tls.key }),
  ...(tls?.anyName && { checkServerIdentity: () => undefined }),
})
