import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type * as z from 'zod'
import { deadline } from '../../lib/deadline.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { hostPort } from '../../lib/format.ts'
import type { Log } from '../log.ts'
import { mostPayloadBytes, readJson } from '../messages/json.ts'
import { DatabaseAway } from '../store/store.ts'
import { HttpProblem } from './problem.ts'
import { type Answer, type Api, type Call, type Route, routes } from './routes.ts'
import { parameters as parameterSchemas } from './schemas.ts'
import { tokenCheck } from './token.ts'

export interface ApiServer {
  /** Where it listens: `127.0.0.1:7883`. */
  address: string
  /** Accept no more requests, and answer those that wait. */
  close(): Promise<void>
}

interface ServerOptions {
  address: string
  port: number
  token: string
  api: Api
  /** Counts responses by status. */
  statuses: Map<number, number>
  log: Log
}

/** What a slow or hostile client can hold up: a connection, for these times. */
const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
}
const mostConnections = 256
/** A stop takes less than 5 s. */
const closeMs = 500

/** Serve the routes. Throws EdgekitError (devices-http-unusable) when it cannot listen. */
export async function serveApi({
  address,
  port,
  token,
  api,
  statuses,
  log,
}: ServerOptions): Promise<ApiServer> {
  const isAuthorized = tokenCheck(token)
  const stopping = new AbortController()
  const server = createServer(limits, (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, stopping.signal])
    void answerTo(request, { api, isAuthorized, signal })
      .catch(error => problemAnswer(error, log))
      .then(answer => {
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        send(request, response, answer)
      })
  })
  server.maxConnections = mostConnections
  server.on('clientError', refuseMalformed)
  await listen(server, address, port)
  return {
    address: hostPort(address, (server.address() as AddressInfo).port),
    async close() {
      stopping.abort()
      const closed = once(server, 'close')
      server.close()
      using end = deadline(closeMs)
      await Promise.race([closed, end.passed])
      server.closeAllConnections()
    },
  }
}

async function listen(server: Server, address: string, port: number): Promise<void> {
  try {
    server.listen(port, address)
    await once(server, 'listening')
  } catch (error) {
    throw new EdgekitError(`cannot listen on ${hostPort(address, port)}: ${messageOf(error)}`, {
      code: 'devices-http-unusable',
      remedy: 'Set another "address" or "port" below "http" in the settings.',
      cause: error,
    })
  }
}

interface Context {
  api: Api
  isAuthorized: (authorization: string | undefined) => boolean
  signal: AbortSignal
}

async function answerTo(request: IncomingMessage, { api, isAuthorized, signal }: Context): Promise<Answer> {
  const url = urlOf(request)
  const { route, parameters } = find(request.method ?? '', url.pathname, () => {
    if (!isAuthorized(request.headers.authorization))
      throw new HttpProblem(401, 'the token is missing or wrong', {
        headers: { 'www-authenticate': 'Bearer' },
      })
  })
  const call: Call = {
    parameters,
    query: queryOf(url.searchParams, route.query),
    body: route.request && (await bodyOf(request, route.request)),
    prefersAsync: /(?:^|[,;\s])respond-async(?:$|[,;\s])/i.test(String(request.headers['prefer'] ?? '')),
    signal,
  }
  return await route.handle(api, call)
}

function urlOf({ url = '' }: IncomingMessage): URL {
  const parsed = url.startsWith('/') ? URL.parse(`http://localhost${url}`) : null
  if (parsed === null) throw new HttpProblem(400, 'the URL is malformed')
  return parsed
}

const table = routes.map(route => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}))

/** Find the route; `authorize` throws unless the client has the token, which all but open routes require. */
function find(
  method: string,
  path: string,
  authorize: () => void,
): { route: Route; parameters: Record<string, string> } {
  const matches = table.filter(({ pattern }) => pattern.test(path))
  const match = matches.find(({ route }) => route.method === method)
  if (!match?.route.open) authorize()
  if (match) return { route: match.route, parameters: parametersOf(match.pattern.exec(path)?.groups) }
  if (matches.length === 0) throw new HttpProblem(404, 'there is nothing at this path')
  const allow = matches.map(({ route }) => route.method).join(', ')
  throw new HttpProblem(405, `the path has ${allow}`, { headers: { allow } })
}

function parametersOf(groups: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([key, encoded]) => {
      const schema = parameterSchemas[key]
      const text = decoded(encoded)
      return [key, schema ? valid(schema, text, key) : text]
    }),
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HttpProblem(400, 'the URL is malformed')
  }
}

/** The last value counts of a parameter that is given twice. */
function queryOf(given: URLSearchParams, known: Route['query'] = {}): Record<string, unknown> {
  const unknown = [...given.keys()].find(name => !Object.hasOwn(known, name))
  if (unknown !== undefined) throw new HttpProblem(422, 'the URL has an unknown parameter')
  return Object.fromEntries(
    Object.entries(known).map(([name, { schema }]) => [name, valid(schema, given.getAll(name).at(-1), name)]),
  )
}

/** Throws HttpProblem (422) with what does not fit, and where, but without the value. */
function valid<T>(schema: z.ZodType<T>, value: unknown, name?: string): T {
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  const [issue] = error.issues
  const where = [...(name === undefined ? [] : [name]), ...(issue?.path ?? [])].map(String).join('.')
  throw new HttpProblem(422, `${where === '' ? '' : `${where}: `}${issue?.message}`)
}

async function bodyOf(request: IncomingMessage, schema: z.ZodType): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  // Its end would also end the connection, and with it the response.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length
    if (size > mostPayloadBytes)
      throw new HttpProblem(413, `the body has more than ${mostPayloadBytes} bytes`)
    chunks.push(chunk as Buffer)
  }
  const read = readJson(Buffer.concat(chunks))
  if ('reason' in read) throw new HttpProblem(400, read.reason.replace('payload', 'body'))
  return valid(schema, read.json)
}

function problemAnswer(error: unknown, log: Log): Answer {
  const known =
    error instanceof HttpProblem
      ? error
      : error instanceof DatabaseAway
        ? new HttpProblem(503, 'the database cannot be used now', { headers: { 'retry-after': '5' } })
        : new HttpProblem(500, 'an error inside edgekit')
  if (known.status === 500)
    log({ level: 'error', message: 'cannot answer a request', reason: messageOf(error) })
  const { status, message: detail, headers, requestId: id } = known
  return {
    status,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: { title: STATUS_CODES[status] ?? '', status, detail, ...(id && { request_id: id }) },
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed) return
  const type = typeof body === 'string' ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json'
  const text = body === undefined ? '' : typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    ...(text !== '' && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
  // Discard the rest of a body that is too large, as long as its time lasts, so that the client reads the response.
  request.resume()
}

/** What is not HTTP, or too slow, or has headers that are too large. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  const status =
    error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  if (socket.writable && error.code !== 'ECONNRESET')
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  else socket.destroy()
}
