import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { deadline } from '../lib/deadline.ts'
import { type Target, tlsOptions } from './target.ts'
import { openWebSocket, WebSocketStream } from './web-socket.ts'

/** Open a connection. Rejects with Node.js' error, or when it is not open after `timeoutMs`. */
export const openSocket = async (target: Target, timeoutMs: number): Promise<Duplex> =>
  target.websockets
    ? new WebSocketStream(await openWebSocket(target, { timeoutMs }))
    : target.tls
      ? await openTls(target, timeoutMs)
      : await openTcp(target, timeoutMs)

/** Begin a TLS handshake. */
export const startTls = (target: Target, options: ConnectionOptions = {}): TLSSocket =>
  connectTls({ host: target.host, port: target.port, ...tlsOptions(target), ...options })

/** The same for TLS without WebSockets. */
export const openTls = (target: Target, timeoutMs: number): Promise<TLSSocket> =>
  opened(startTls(target), 'secureConnect', timeoutMs)

const openTcp = ({ host, port }: Target, timeoutMs: number) =>
  opened(connectTcp({ host, port }), 'connect', timeoutMs)

async function opened<Opened extends ReturnType<typeof connectTcp>>(
  socket: Opened,
  event: 'connect' | 'secureConnect',
  timeoutMs: number,
): Promise<Opened> {
  using end = deadline(timeoutMs)
  const done = new Promise<void>((resolve, reject) => {
    socket.once(event, resolve).once('error', reject)
    void end.passed.then(() => reject(new ConnectTimeout(timeoutMs)))
  })
  await done.catch(error => {
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
