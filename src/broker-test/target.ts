import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { BrokerEndpoint } from '../broker/connect.ts'
import { deadline } from '../lib/deadline.ts'
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

/** Read `mqtt://HOST[:PORT]` or `mqtts://HOST[:PORT]`. Throws EdgekitError (invalid-usage). */
export function parseTarget(text: string, { username, password, ca }: Access): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (
    !url ||
    !/^mqtts?:$/.test(url.protocol) ||
    !url.hostname ||
    !/^\/?$/.test(url.pathname) ||
    url.search ||
    url.hash
  )
    throw usage(`invalid URL ${JSON.stringify(text)}`, 'Use mqtt://HOST:PORT, or mqtts://HOST:PORT for TLS.')
  if (url.username || url.password)
    throw usage(
      'a password in the URL is visible to every user of this machine',
      'Put it into a file, and add --username NAME --password-file FILE.',
    )
  const isTls = url.protocol === 'mqtts:'
  if (ca !== undefined && !isTls) throw usage('--ca requires TLS', 'Use mqtts:// instead of mqtt://.')
  return {
    host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 8883 : 1883) : Number(url.port),
    ...(username !== undefined && { login: { username, password: password ?? '' } }),
    ...(isTls && { tls: ca === undefined ? {} : { ca } }),
  }
}

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })

export const addressOf = ({ host, port, tls }: Target): string =>
  `${tls ? 'mqtts' : 'mqtt'}://${hostPort(host, port)}`

/** Open a connection. Rejects with Node.js' error, or when it is not open after `timeoutMs`. */
export async function openSocket({ host, port, tls }: Target, timeoutMs: number): Promise<Socket> {
  const socket = tls
    ? connectTls({
        host,
        port,
        // An address is not allowed there (RFC 6066, section 3).
        servername: isIP(host) ? '' : host,
        ...(tls.ca && { ca: tls.ca }),
      })
    : connectTcp({ host, port })
  using end = deadline(timeoutMs)
  const opened = new Promise<void>((resolve, reject) => {
    socket.once(tls ? 'secureConnect' : 'connect', resolve).once('error', reject)
    void end.passed.then(() => reject(new ConnectTimeout(timeoutMs)))
  })
  await opened.catch(error => {
    socket.destroy()
    throw error
  })
  // Otherwise the kernel delays each short packet up to 40 ms until the previous one is acknowledged.
  return socket.setNoDelay()
}

class ConnectTimeout extends Error {
  constructor(timeoutMs: number) {
    super(`no connection within ${timeoutMs / 1000} s`)
  }
}
