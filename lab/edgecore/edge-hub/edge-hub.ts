import { existsSync, readFileSync } from 'node:fs'
import { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { sleep } from '../clock.ts'
import type { Config, Section } from '../config.ts'
import type { EdgecoreDatabase } from '../database.ts'
import { error, info } from '../klog.ts'
import { applyForCertificate } from './apply-certificate.ts'
import { CloudSession } from './cloud-session.ts'
import { type KeyPair, loadKeyPair } from './key-pair.ts'
import { request } from './tls-request.ts'

/** The connection to the cloud (edge/pkg/edgehub, v1.21 and later): get certificates, then keep a websocket open. */
export async function startEdgeHub(config: Config, database: EdgecoreDatabase): Promise<void> {
  const hub = config.modules.edgeHub
  const reason = whyNoCertificate(hub, config.nodeName)
  if (reason !== undefined) await applyForCertificate(config, reason)
  info('certmanager.go:145', 'Certificate rotation is enabled.')
  for (;;) {
    await connectOften(config, database)
    await sleep(2 * Number(hub['heartbeat']))
  }
}

function whyNoCertificate(hub: Section, nodeName: string): string | undefined {
  try {
    const { commonName } = loadKeyPair(hub)
    return commonName === `system:node:${nodeName}`
      ? undefined
      : `certificate CN ${commonName} does not match node name ${nodeName}`
  } catch (cause) {
    return `unable to load cert/key pair: ${String((cause as Error).message)}`
  }
}

/** Connect and stay connected; when it cannot, log why and return. The key pair is read once for the five attempts. */
async function connectOften({ modules, nodeName }: Config, database: EdgecoreDatabase): Promise<void> {
  const hub = modules.edgeHub
  info('websocket.go:51', 'Websocket start to connect Access')
  let keys: KeyPair
  try {
    keys = loadKeyPair(hub)
  } catch (cause) {
    const reason = String((cause as Error).message)
    error('websocket.go:54', `Failed to load x509 key pair: ${reason}`)
    return giveUp(hub, `failed to load x509 key pair, error: ${reason}`)
  }
  for (let attempt = 0; attempt < 5; attempt++) {
    const result = await dial(hub, nodeName, keys)
    if (result instanceof Duplex) {
      info('ws.go:47', `dial ${urlOf(hub, nodeName).replace(/^https/, 'wss')} successfully`)
      info('websocket.go:93', 'Websocket connect to cloud access successful')
      return await new CloudSession(result, database).run(nodeName, modules.edged['enable'] === true)
    }
    error('ws.go:84', `dial websocket error(${result.reason}), response message: ${result.response}`)
    error('websocket.go:90', `Init websocket connection failed ${result.reason}`)
    await sleep(5)
  }
  giveUp(hub, 'max retry count reached when connecting to cloud')
}

function giveUp(hub: Section, reason: string): void {
  error(
    'edgehub.go:119',
    `connection failed: ${reason}, will reconnect after ${2 * Number(hub['heartbeat'])}s`,
  )
}

const urlOf = (hub: Section, nodeName: string): string =>
  `https://${String((hub['websocket'] as Section)['server'])}/e632aba927ea4ac2b575ec1603d56f10/${nodeName}/events`

/** Why there is no websocket, and the server's response, if any. */
interface Refusal {
  reason: string
  response: string
}

function dial(hub: Section, nodeName: string, { cert, key }: KeyPair): Promise<Duplex | Refusal> {
  const url = urlOf(hub, nodeName)
  const ca = String(hub['tlsCaFile'])
  return new Promise(resolve => {
    request(
      url,
      {
        cert,
        key,
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
