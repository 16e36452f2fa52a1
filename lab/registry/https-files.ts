import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

export interface HttpsFiles {
  /** `https://localhost:PORT` */
  url: string
  /** Served files: path -> content. Can change at any time. */
  files: Map<string, Buffer>
  /** `GET /path` of every request so far, with its range. */
  requests: string[]
  /** Paths whose next response is cut off in the middle. */
  cuts: Set<string>
  /** The certificate file to trust, for NODE_EXTRA_CA_CERTS. */
  certificate: string
  stop(): Promise<void>
}

/** A file server over TLS with a self-signed certificate. */
export async function startHttpsFiles(): Promise<HttpsFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-https-'))
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  await execa('openssl', [...request, ...names, '-days', '2', '-keyout', key, '-out', certificate])
  const files = new Map<string, Buffer>()
  const requests: string[] = []
  const cuts = new Set<string>()
  const server = createServer(
    { key: await readFile(key), cert: await readFile(certificate) },
    (asked, answer) => {
      const { method, url = '', headers } = asked
      requests.push([method, url, headers.range].filter(Boolean).join(' '))
      const content = files.get(url)
      const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
      if (content === undefined) answer.writeHead(404).end()
      else if (cuts.delete(url)) {
        answer.writeHead(200, { 'content-length': content.length })
        answer.write(content.subarray(0, content.length / 2), () =>
          setTimeout(() => asked.socket.destroy(), 100),
        )
      } else if (from > 0) {
        const range = `bytes ${from}-${content.length - 1}/${content.length}`
        answer.writeHead(206, { 'content-range': range }).end(content.subarray(from))
      } else answer.writeHead(200).end(content)
    },
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    files,
    requests,
    cuts,
    certificate,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await rm(directory, { recursive: true })
    },
  }
}
