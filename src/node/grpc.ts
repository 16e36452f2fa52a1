import { connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { connect } from 'node:net'
import { CommandError } from './command-error.ts'
import { decode, type Message } from './protobuf.ts'

export interface Call {
  /** Path of a Unix socket. */
  socket: string
  /** `/package.Service/Method` */
  method: string
  request: Buffer
  headers: Record<string, string>
  timeoutMs: number
}

/** Five bytes before each message: is it packed, and how long is it. */
function frame(message: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

function unframe(bytes: Buffer): Message[] {
  const found: Message[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1)
    found.push(decode(bytes.subarray(at + 5, end)))
    at = end
  }
  return found
}

/**
 * Call a gRPC method (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md) and wait for all of its answers. Throws CommandError
 * with what the server says, and when it has not answered within `timeoutMs`.
 */
export function callGrpc({ socket, method, request, headers, timeoutMs }: Call): Promise<Message[]> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2('http://localhost', { createConnection: () => connect(socket) })
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      session.destroy()
      settle()
    }
    const fail = (reason: string): void => finish(() => reject(new CommandError(`${method}: ${reason}`)))
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs / 1000} s`), timeoutMs)
    const stream = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
    const chunks: Buffer[] = []
    let status: IncomingHttpHeaders = {}
    // A failure comes with the headers, when there is nothing else to say.
    const note = (found: IncomingHttpHeaders): void => {
      if (found['grpc-status'] !== undefined) status = found
    }
    session.on('error', error => fail(error.message))
    stream
      .on('error', error => fail(error.message))
      .on('response', note)
      .on('trailers', note)
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        if (status['grpc-status'] !== '0')
          return fail(decodeURIComponent(String(status['grpc-message'] ?? 'no answer')))
        finish(() => resolve(unframe(Buffer.concat(chunks))))
      })
      .end(frame(request))
  })
}
