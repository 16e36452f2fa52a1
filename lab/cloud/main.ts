/**
 * A stand-in for CloudCore v1.23: it serves certificates on port 10002 and keeps a websocket to each node on port 10000,
 * logs the same lines and refuses in the same words. It has no cluster behind it: a file lists the nodes. The frames on
 * the websocket are lines of JSON, because only the stand-in for EdgeCore is at the other end.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import https from 'node:https'
import { join } from 'node:path'
import { error, info } from '../edgecore/klog.ts'
import { serveCertificates } from './certificates.ts'
import { Sessions } from './sessions.ts'
import { files, readSettings } from './settings.ts'

// The ports are others only where it runs beside other programs of the host.
const [directory = '', certificatePort = '10002', hubPort = '10000'] = process.argv.slice(2)
const read = (name: string): string => readFileSync(join(directory, name), 'utf8')
const tls = { cert: read(files.certificate), key: read(files.key), ca: read(files.ca) }
const nodes = {
  all: () => read(files.nodes).split('\n').filter(Boolean),
  add: (name: string) => appendFileSync(join(directory, files.nodes), `${name}\n`),
}
const settings = () => readSettings(directory)

const logHandshakeErrors = (server: https.Server): https.Server =>
  server.on('tlsClientError', (cause, { remoteAddress, remotePort }) => {
    const reason = /alert/.test(cause.message) ? 'remote error: tls: bad certificate' : cause.message
    info('log.go:245', `http: TLS handshake error from ${remoteAddress}:${remotePort}: ${reason}`)
  })

info('server.go:98', 'Version: v1.23.1-stand-in')
logHandshakeErrors(
  https.createServer(
    { ...tls, requestCert: true, rejectUnauthorized: false },
    serveCertificates(directory, nodes),
  ),
).listen(Number(certificatePort))

const sessions = new Sessions(nodes, settings)
logHandshakeErrors(
  https.createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (_, response) =>
    response.writeHead(404).end('404: Page Not Found'),
  ),
)
  .on('upgrade', (request, socket) => sessions.open(request.url ?? '', socket))
  .listen(Number(hubPort))

process.on('SIGTERM', () => {
  info('core.go:63', 'Get os signal terminated')
  process.exit(0)
})
process.on('uncaughtException', cause => {
  error('main.go:1', String(cause.stack))
  process.exit(1)
})
