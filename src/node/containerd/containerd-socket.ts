import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'

/** `silent`: it accepts a connection, and then nobody speaks: containerd is stopped or stuck. */
export type SocketState = 'answers' | 'silent' | 'absent'

/**
 * Is there a gRPC server behind a socket? One sends its HTTP/2 settings as soon as it is connected to (RFC 9113,
 * section 3.4), so no call is needed, and none can hang: `ctr` waits 10 s for a socket that does not answer, a stopped
 * containerd's too, because the kernel accepts connections for it.
 */
export function socketState(path: string, timeoutMs: number): Promise<SocketState> {
  return new Promise(resolve => {
    const socket = connect(path)
    let state: SocketState = 'absent'
    const finish = (found: SocketState) => {
      clearTimeout(timer)
      session.destroy()
      socket.destroy()
      resolve(found)
    }
    socket.once('connect', () => (state = 'silent'))
    const session = connectHttp2('http://localhost', { createConnection: () => socket })
    const timer = setTimeout(() => finish(state), timeoutMs)
    session.once('remoteSettings', () => finish('answers'))
    // The same failure may be told twice, by the socket and by the session.
    session.on('error', () => finish(state))
    socket.on('error', () => finish(state))
  })
}

/**
 * Aborts so many milliseconds after the server behind a socket has hung up: for a program that may wait without an end for
 * what cannot come any more, as `ctr images import` does (1.6.20, 1 of 40) when containerd ends meanwhile.
 */
export function abortWhenServerGone(path: string, graceMs: number): { signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const session = connectHttp2('http://localhost', { createConnection: () => connect(path) })
  const abort = () => controller.abort(new Error('containerd has ended meanwhile'))
  const wait = () => {
    timer = setTimeout(abort, graceMs)
  }
  session.once('close', wait)
  // It closes as well.
  session.on('error', () => {})
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      session.off('close', wait).destroy()
      clearTimeout(timer)
    },
  }
}
