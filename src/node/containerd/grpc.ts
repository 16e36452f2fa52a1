import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2'
import { connect } from 'node:net'
import { CommandError } from '../processes/command-error.ts'
import { decode, type Message } from './protobuf.ts'

interface Call {
  /** Path of a Unix socket. */
  socket: string
  /** `/package.Service/Method` */
  method: string
  request: Buffer
  headers: Record<string, string>
  timeoutMs: number
}

/** The server has answered, and says that it cannot do what it was asked for. */
export class GrpcFailure extends CommandError {}

/** Call a gRPC method and wait for all of its answers. */
export type CallGrpc = (call: Call) => Promise<Message[]>

interface Connection {
  session: ClientHttp2Session
  calls: number
  /** Runs while there are none. */
  ending?: NodeJS.Timeout
}

/** A question is most often followed by another, and to connect takes longer than to ask. */
const idleMs = 20

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
 * A client for gRPC methods (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md). Calls that are under way at the same time, or
 * soon after one another, share a connection; an idle one keeps no process. They throw GrpcFailure with what the server
 * says, and CommandError when it has not answered within `timeoutMs` or hangs up.
 */
export function grpcClient(): CallGrpc {
  const connections = new Map<string, Connection>()
  const connectionTo = (path: string): Connection => {
    const open = connections.get(path)
    if (open && !open.session.closed) return open
    const session = connectHttp2('http://localhost', { createConnection: () => connect(path) })
    // The calls hear of it by themselves.
    session.on('error', () => connections.delete(path))
    const connection: Connection = { session, calls: 0 }
    connections.set(path, connection)
    return connection
  }
  const end = (path: string, connection: Connection): void => {
    if (connections.get(path) === connection) connections.delete(path)
    connection.session.destroy()
  }
  return async call => {
    const connection = connectionTo(call.socket)
    connection.calls++
    clearTimeout(connection.ending)
    connection.session.ref()
    try {
      return await callOn(connection.session, call)
    } finally {
      connection.calls--
      if (connection.calls === 0) {
        connection.session.unref()
        connection.ending = setTimeout(end, idleMs, call.socket, connection).unref()
      }
    }
  }
}

function callOn(
  session: ClientHttp2Session,
  { method, request, headers, timeoutMs }: Call,
): Promise<Message[]> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer)
      reject(new CommandError(`${method}: ${reason}`))
    }
    const timer = setTimeout(() => {
      fail(`no answer within ${timeoutMs / 1000} s`)
      stream.destroy()
    }, timeoutMs)
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
    stream
      .on('error', error => fail(error.message))
      // Without an error where the server hangs up.
      .on('close', () => fail('no answer'))
      .on('response', note)
      .on('trailers', note)
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const code = status['grpc-status']
        if (code === undefined) return fail('no answer')
        clearTimeout(timer)
        if (code === '0') return resolve(unframe(Buffer.concat(chunks)))
        const said = decodeURIComponent(String(status['grpc-message'] ?? ''))
        reject(new GrpcFailure(`${method}: ${said || 'refused'}`))
      })
      .end(frame(request))
  })
}
