import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type https from 'node:https'
import { dirname } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Config, emptyToken, type Section } from '../config.ts'
import { info, panic, warning } from '../klog.ts'
import { request } from './tls-request.ts'

/** Overrides the token of edgecore.yaml (v1.13 and later). */
const bootstrapFile = '/etc/kubeedge/bootstrap-edgecore.conf'

/**
 * Apply to the cloud for a certificate like v1.21 and later (edge/pkg/edgehub/certificate): get the CA and compare it with
 * the token's hash, get a certificate for the node, empty the token in edgecore.yaml. Panics with EdgeCore's words.
 */
export async function applyForCertificate(config: Config, reason: string): Promise<void> {
  const hub = config.modules.edgeHub
  warning('certmanager.go:79', `unable to get the current edge certs, reason: ${reason}`)
  info('certmanager.go:80', 'Reuse the token to obtain the certificate')
  info('http.go:42', 'tlsConfig InsecureSkipVerify true')
  const server = String(hub['httpServer'])
  const authority = await get(`${server}/ca.crt`, { rejectUnauthorized: false }).catch(cause =>
    fail(`failed to get CA certificate, err: ${String((cause as Error).message)}`),
  )
  const token = tokenOf(hub)
  const [expected, ...jwt] = token.split('.')
  if (jwt.length !== 3) fail(`token ${token} credentials are in the wrong format`)
  const actual = createHash('sha256').update(authority.body).digest('hex')
  if (actual !== expected)
    fail(`failed to validate CA certificate. tokenCAhash: ${expected}, CAhash: ${actual}`)
  const ca = new X509Certificate(authority.body).toString()
  write(String(hub['tlsCaFile']), ca, 0o644)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = String(publicKey.export({ type: 'spki', format: 'pem' }))
  const headers = {
    authorization: `Bearer ${jwt.join('.')}`,
    nodename: config.nodeName,
    // EdgeCore sends a GET with a body.
    'content-length': body.length,
  }
  const answer = await get(`${server}/edge.crt`, { ca, headers }, body).catch(cause =>
    fail(
      `failed to get edge certificate from the cloudcore, error: failed to request the cloudcore server, err: ${String((cause as Error).message)}`,
    ),
  )
  if (answer.status !== 200) {
    fail(
      `failed to get edge certificate from the cloudcore, error: failed to call http, code: ${answer.status}, message: ${answer.body.toString()}`,
    )
  }
  write(String(hub['tlsCertFile']), new X509Certificate(answer.body).toString(), 0o644)
  write(String(hub['tlsPrivateKeyFile']), String(privateKey.export({ type: 'sec1', format: 'pem' })), 0o600)
  emptyToken(config)
}

function tokenOf(hub: Section): string {
  try {
    return readFileSync(bootstrapFile, 'utf8').trim()
  } catch {
    return String(hub['token']).trim()
  }
}

const fail = (reason: string): never =>
  panic(
    `failed to apply the edge certs, err: ${reason}`,
    'github.com/kubeedge/kubeedge/edge/pkg/edgehub/certificate.(*CertManager).Start',
    'github.com/kubeedge/kubeedge/edge/pkg/edgehub.(*EdgeHub).Start',
  )

/** Throws an error in Go's words. */
function get(
  url: string,
  options: https.RequestOptions,
  body?: string,
): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(url, options, reason => reject(new Error(`Get "${url}": ${reason}`)))
      .on('response', response => {
        buffer(response).then(body => resolve({ status: response.statusCode ?? 0, body }), reject)
      })
      .end(body)
  })
}

function write(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode })
}
