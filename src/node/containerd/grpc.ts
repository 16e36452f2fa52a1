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

/** The server answered with an error. */
export class GrpcFailure extends CommandError {}

/** Call a gRPC method and wait for all of its responses. */
export type CallGrpc = (call: Call) => Promise<Message[]>

interface Connection {
  session: ClientHttp2Session
  calls: number
  /** Closes the connection; runs while there are no calls. */
  ending?: NodeJS.Timeout
}

/** Most calls are soon followed by another, and connecting takes longer than a call. */
const idleMs = 20

/** Each message follows five bytes: whether it is compressed, and its length. */
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
 * A gRPC client (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md). Calls at the same time or soon after one another share a
 * connection, and an idle connection does not keep the process alive. A call throws GrpcFailure with the server's
 * message, or CommandError when the server does not answer within `timeoutMs` or hangs up.
 */
export function grpcClient(): CallGrpc {
  const connections = new Map<string, Connection>()
  const connectionTo = (path: string): Connection => {
    const open = connections.get(path)
    if (open && !open.session.closed) return open
    const session = connectHttp2('http://localhost', { createConnection: () => connect(path) })
    // The calls get the error themselves.
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
    // An error without a response comes in the headers instead of the trailers.
    const note = (found: IncomingHttpHeaders): void => {
      if (found['grpc-status'] !== undefined) status = found
    }
    stream
      .on('error', error => fail(error.message))
      // A server that hangs up causes no error event.
      .on('close', () => fail('no answer'))
      .on('response', note)
      .on('trailers', note)
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const code = status['grpc-status']
        if (code === undefined) return fail('no answer')
        clearTimeout(timer)
        if (code === '0') return resolve(unframe(Buffer.concat(chunks)))
        const message = decodeURIComponent(String(status['grpc-message'] ?? ''))
        reject(new GrpcFailure(`${method}: ${message || 'refused'}`))
      })
      .end(frame(request))
  })
}
