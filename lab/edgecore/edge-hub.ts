import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { sleep } from './clock.ts'
import type { Config, Section } from './config.ts'
import { dialError, goReason } from './go-errors.ts'
import { error, info, panic, warning } from './klog.ts'

/** The connection to the cloud (edge/pkg/edgehub, v1.21 and later): certificates first, then a websocket for ever. */
export async function startEdgeHub(config: Config): Promise<void> {
  const hub = config.modules.edgeHub
  const reason = whyNoCertificate(hub, config.nodeName)
  if (reason !== undefined) await applyForCertificate(hub, reason)
  info('certmanager.go:145', 'Certificate rotation is enabled.')
  for (;;) {
    await connectOften(hub, config.nodeName)
    await sleep(2 * Number(hub['heartbeat']))
  }
}

function whyNoCertificate(hub: Section, nodeName: string): string | undefined {
  const [certificate, key] = [String(hub['tlsCertFile']), String(hub['tlsPrivateKeyFile'])]
  for (const file of [certificate, key]) {
    try {
      readFileSync(file)
    } catch (cause) {
      return `unable to load cert/key pair: open ${file}: ${goReason(cause)}`
    }
  }
  const name = /^CN=(.*)$/m.exec(new X509Certificate(readFileSync(certificate)).subject)?.[1] ?? ''
  return name === `system:node:${nodeName}`
    ? undefined
    : `certificate CN ${name} does not match node name ${nodeName}`
}

async function applyForCertificate(hub: Section, reason: string): Promise<never> {
  warning('certmanager.go:79', `unable to get the current edge certs, reason: ${reason}`)
  info('certmanager.go:80', 'Reuse the token to obtain the certificate')
  info('http.go:42', 'tlsConfig InsecureSkipVerify true')
  const url = `${String(hub['httpServer'])}/ca.crt`
  const failure = await new Promise<string>(resolve => {
    https
      .get(url, { rejectUnauthorized: false }, () =>
        resolve('the stand-in takes no certificates from a cloud'),
      )
      .on('error', cause => resolve(dialError('tcp', new URL(url).host, cause)))
  })
  return panic(
    `failed to apply the edge certs, err: failed to get CA certificate, err: Get "${url}": ${failure}`,
    'github.com/kubeedge/kubeedge/edge/pkg/edgehub/certificate.(*CertManager).Start',
    'github.com/kubeedge/kubeedge/edge/pkg/edgehub.(*EdgeHub).Start',
  )
}

async function connectOften(hub: Section, nodeName: string): Promise<void> {
  info('websocket.go:51', 'Websocket start to connect Access')
  for (let attempt = 0; attempt < 5; attempt++) {
    const result = await dial(hub, nodeName)
    if (typeof result !== 'string') return stayConnected(result)
    error('ws.go:84', `dial websocket error(${result}), response message: `)
    error('websocket.go:90', `Init websocket connection failed ${result}`)
    await sleep(5)
  }
  const wait = 2 * Number(hub['heartbeat'])
  error(
    'edgehub.go:119',
    `connection failed: max retry count reached when connecting to cloud, will reconnect after ${wait}s`,
  )
}

function dial(hub: Section, nodeName: string): Promise<Duplex | string> {
  const server = String((hub['websocket'] as Section)['server'])
  return new Promise(resolve => {
    https
      .get(`https://${server}/e632aba927ea4ac2b575ec1603d56f10/${nodeName}/events`, {
        cert: readFileSync(String(hub['tlsCertFile'])),
        key: readFileSync(String(hub['tlsPrivateKeyFile'])),
        rejectUnauthorized: false,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'c3RhbmQtaW4gZm9yIGVkZ2U=',
        },
      })
      .on('error', cause => resolve(dialError('tcp', server, cause)))
      .on('response', () => resolve('websocket: bad handshake'))
      .on('upgrade', (_, socket) => resolve(socket))
  })
}

async function stayConnected(socket: Duplex): Promise<void> {
  info('websocket.go:97', 'Websocket connect to cloud access successful')
  await new Promise<void>(resolve =>
    socket
      .on('error', () => undefined)
      .once('close', resolve)
      .resume(),
  )
  error('process.go:100', 'websocket read error: EOF')
}
