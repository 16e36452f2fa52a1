import { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { hostPort } from '../lib/format.ts'
import { type Target, tlsOptions } from './target.ts'

/** The subprotocol of every version (MQTT 5, section 6). */
export const subprotocol = 'mqtt'

interface WebSocketOptions {
  timeoutMs: number
  /** What the client offers. */
  subprotocols?: string[]
}

/** Open a WebSocket. Rejects with the error of the library, or when it is not open after `timeoutMs`. */
export async function openWebSocket(
  target: Target,
  { timeoutMs, subprotocols = [subprotocol] }: WebSocketOptions,
): Promise<WebSocket> {
  const { host, port, tls, path = '/mqtt' } = target
  const socket = new WebSocket(`${tls ? 'wss' : 'ws'}://${hostPort(host, port)}${path}`, subprotocols, {
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    ...(tls && tlsOptions(target)),
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve).once('error', reject)
  })
  // An error closes it, which is what counts.
  socket.on('error', () => undefined)
  return socket
}

/** How bytes become frames. The last one is sent with `done`, so that the writer waits for a slow broker. */
export type Framing = (bytes: Buffer, socket: WebSocket, done: () => void) => void

const oneFrame: Framing = (bytes, socket, done) => socket.send(bytes, done)

/** MQTT packets over a WebSocket, as over any other connection: each write becomes a binary frame, unless `framing` is set. */
export class WebSocketStream extends Duplex {
  framing: Framing = oneFrame
  /** Frames with text, which a broker must not send. */
  textFrames = 0
  readonly #socket: WebSocket

  constructor(socket: WebSocket) {
    super()
    this.#socket = socket
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.textFrames += 1
      this.push(data)
    })
    socket.on('close', () => this.destroy())
  }

  override _read(): void {
    // What arrives is pushed at once.
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: () => void): void {
    // An error closes the socket, which is what counts.
    this.framing(bytes, this.#socket, () => done())
  }

  override _final(done: () => void): void {
    this.#socket.close()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.terminate()
    done(error)
  }
}
