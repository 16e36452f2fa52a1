import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface Proxy {
  url: string
  /** Requests so far: `CONNECT registry.test:443` or `GET http://registry.test/v2/…`. */
  requests: string[]
  /** `Proxy-Authorization` of each request. */
  authorizations: (string | undefined)[]
  [Symbol.asyncDispose](): Promise<void>
}

/** An HTTP proxy that sends every request to 127.0.0.1:`port`. */
export async function startProxy(port: number): Promise<Proxy> {
  const requests: string[] = []
  const authorizations: (string | undefined)[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    authorizations.push(request.headers['proxy-authorization'])
    const { pathname, search } = new URL(request.url ?? '')
    const { method, headers } = request
    const onward = send({ port, path: pathname + search, method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('connect', (request, client: Socket, head) => {
    requests.push(`CONNECT ${request.url}`)
    authorizations.push(request.headers['proxy-authorization'])
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.write(head)
      onward.pipe(client).pipe(onward)
    })
    for (const socket of [client, onward]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    authorizations,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
