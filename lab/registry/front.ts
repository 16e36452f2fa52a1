import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface Front {
  url: string
  /** `GET /v2/…` of every request so far. */
  requests: string[]
  /** The maximum number of concurrent requests. */
  most(): number
  [Symbol.asyncDispose](): Promise<void>
}

/** Answers a request and returns `true`, or leaves it to the server behind. */
export type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean

/** A server in front of a registry, for behavior that a real registry does not have; HTTPS with `tls`. */
export async function startFront(
  behind: string,
  intercept: Intercept = () => false,
  tls?: { key: string; cert: string },
): Promise<Front> {
  const requests: string[] = []
  let [now, most] = [0, 0]
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${request.method} ${request.url}`)
    most = Math.max(most, ++now)
    response.on('close', () => now--)
    if (!intercept(request, response)) forward(behind, request, response)
  }
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    most: () => most,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function forward(behind: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = request
  const onward = send(new URL(request.url ?? '', behind), { method, headers }, answer => {
    response.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}
