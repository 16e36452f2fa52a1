import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'

/** `silent`: it accepts connections, but does not speak: containerd is stopped or stuck. */
export type SocketState = 'answers' | 'silent' | 'absent'

/**
 * Whether a gRPC server listens on a Unix socket. A server sends its HTTP/2 settings as soon as a client connects
 * (RFC 9113, section 3.4), so no call is needed and none can hang. `ctr` waits 10 s for a socket that does not answer,
 * also for that of a stopped containerd, because the kernel still accepts connections for it.
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
    // The socket and the session may both report the same failure.
    session.on('error', () => finish(state))
    socket.on('error', () => finish(state))
  })
}

/**
 * A signal that aborts `graceMs` after the server behind a socket hangs up. `ctr images import` needs it: when
 * containerd ends during an import it can wait forever (1.6.20, 1 in 40).
 */
export function abortWhenServerGone(path: string, graceMs: number): { signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const session = connectHttp2('http://localhost', { createConnection: () => connect(path) })
  const abort = () => controller.abort(new Error('containerd closed the connection'))
  const wait = () => {
    timer = setTimeout(abort, graceMs)
  }
  session.once('close', wait)
  // An error closes the session, too.
  session.on('error', () => {})
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      session.off('close', wait).destroy()
      clearTimeout(timer)
    },
  }
}
