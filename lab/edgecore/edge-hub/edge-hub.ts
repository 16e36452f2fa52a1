import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { sleep } from '../clock.ts'
import type { Config, Section } from '../config.ts'
import { goReason } from '../go-errors.ts'
import { error, info } from '../klog.ts'
import { applyForCertificate } from './apply-certificate.ts'
import { CloudSession } from './cloud-session.ts'
import { request } from './tls-request.ts'

/** The connection to the cloud (edge/pkg/edgehub, v1.21 and later): get certificates, then keep a websocket open. */
export async function startEdgeHub(config: Config): Promise<void> {
  const hub = config.modules.edgeHub
  const reason = whyNoCertificate(hub, config.nodeName)
  if (reason !== undefined) await applyForCertificate(config, reason)
  info('certmanager.go:145', 'Certificate rotation is enabled.')
  for (;;) {
    await connectOften(config)
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

async function connectOften({ modules, nodeName }: Config): Promise<void> {
  const hub = modules.edgeHub
  info('websocket.go:51', 'Websocket start to connect Access')
  for (let attempt = 0; attempt < 5; attempt++) {
    const result = await dial(hub, nodeName)
    if (result instanceof Duplex) {
      info('ws.go:47', `dial ${urlOf(hub, nodeName).replace(/^https/, 'wss')} successfully`)
      info('websocket.go:93', 'Websocket connect to cloud access successful')
      return await new CloudSession(result).run(nodeName, modules.edged['enable'] === true)
    }
    error('ws.go:84', `dial websocket error(${result.reason}), response message: ${result.response}`)
    error('websocket.go:90', `Init websocket connection failed ${result.reason}`)
    await sleep(5)
  }
  const wait = 2 * Number(hub['heartbeat'])
  error(
    'edgehub.go:119',
    `connection failed: max retry count reached when connecting to cloud, will reconnect after ${wait}s`,
  )
}

const urlOf = (hub: Section, nodeName: string): string =>
  `https://${String((hub['websocket'] as Section)['server'])}/e632aba927ea4ac2b575ec1603d56f10/${nodeName}/events`

/** Why there is no websocket, and the server's response, if any. */
interface Refusal {
  reason: string
  response: string
}

function dial(hub: Section, nodeName: string): Promise<Duplex | Refusal> {
  const url = urlOf(hub, nodeName)
  const ca = String(hub['tlsCaFile'])
  return new Promise(resolve => {
    request(
      url,
      {
        cert: readFileSync(String(hub['tlsCertFile'])),
        key: readFileSync(String(hub['tlsPrivateKeyFile'])),
        ca: existsSync(ca) ? readFileSync(ca) : undefined,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'c3RhbmQtaW4gZm9yIGVkZ2U=',
        },
      },
      reason => resolve({ reason, response: '' }),
    )
      .on('response', response => {
        const reason = 'websocket: bad handshake'
        const told = (body: string) => `response code: ${response.statusCode}, response body: ${body}`
        text(response).then(
          body => resolve({ reason, response: told(body) }),
          () => resolve({ reason, response: told('') }),
        )
      })
      .on('upgrade', (_, socket) => resolve(socket))
      .end()
  })
}
