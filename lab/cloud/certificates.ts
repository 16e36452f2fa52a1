import { execFileSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { error, info } from '../edgecore/klog.ts'
import { refusalOf } from './join-token.ts'
import { files } from './settings.ts'

export interface ClusterNodes {
  all(): string[]
  add(name: string): void
}

/**
 * What CloudCore answers on port 10002: `/ca.crt` to anybody, `/edge.crt` to whoever has a token, `/node/NAME` with 404
 * while the name is free, as keadm asks before it joins (v1.22). A node sends its public key in place of a certificate
 * request.
 */
export function serveCertificates(
  directory: string,
  nodes: ClusterNodes,
): (request: IncomingMessage, response: ServerResponse) => void {
  const ca = readFileSync(join(directory, files.ca), 'utf8')
  const caKey = createPrivateKey(readFileSync(join(directory, files.caKey), 'utf8'))
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'https://cloud')
    const [, node] = /^\/node\/(.+)$/.exec(pathname) ?? []
    if (pathname === '/ca.crt') {
      response.end(new X509Certificate(ca).raw)
    } else if (node !== undefined) {
      response.writeHead(nodes.all().includes(node) ? 200 : 404).end()
    } else if (pathname === '/edge.crt') {
      const refusal = refusalOf(String(request.headers.authorization).replace(/^Bearer /, ''), caKey)
      if (refusal !== undefined) {
        error('certs.go:61', refusal)
        response.writeHead(401).end(refusal)
        return
      }
      const name = String(request.headers['nodename'])
      response.end(issue(directory, name, await buffer(request)))
      info('certs.go:88', `issued a certificate for node ${name}`)
    } else {
      response.writeHead(404).end('404: Page Not Found')
    }
  }
  return (request, response) => void answer(request, response)
}

/** A node's certificate for its public key, DER, valid for a year as KubeEdge's is. */
function issue(directory: string, name: string, publicKey: Buffer): Buffer {
  const work = mkdtempSync(join(tmpdir(), 'edgekit-cloud-'))
  try {
    const [key, certificate, extensions] = ['key', 'crt', 'ext'].map(file => join(work, file)) as [
      string,
      string,
      string,
    ]
    writeFileSync(key, publicKey)
    writeFileSync(extensions, 'extendedKeyUsage=clientAuth\n')
    const subject = ['-subj', `/O=system:nodes/CN=system:node:${name}`, '-force_pubkey', key, '-days', '365']
    const issuer = ['-CA', join(directory, files.ca), '-CAkey', join(directory, files.caKey)]
    const how = ['x509', '-new', '-outform', 'DER', '-out', certificate, '-extfile', extensions]
    execFileSync('openssl', [...how, ...subject, ...issuer], { stdio: ['ignore', 'ignore', 'pipe'] })
    return readFileSync(certificate)
  } finally {
    rmSync(work, { recursive: true })
  }
}
