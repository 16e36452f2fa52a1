import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { type Section, text } from '../config.ts'
import { goReason } from '../go-errors.ts'
import { error, nilPanic } from '../klog.ts'

/** Connection options of one of EventBus's two clients. */
export interface ClientOptions {
  server: string
  clientId: string
  username: string
  password: string
  tls: ConnectionOptions
}

/** HubClientInit of edge/pkg/eventbus/common/util: unreadable TLS files cause a nil pointer panic. */
export function clientOptions(eventBus: Section, role: 'sub' | 'pub'): ClientOptions {
  const configured = text(eventBus[role === 'sub' ? 'mqttSubClientID' : 'mqttPubClientID'])
  const seconds = Math.floor(Date.now() / 1000)
  return {
    server: String(eventBus['mqttServerExternal']),
    clientId: configured || `hub-client-${role}-${seconds}`,
    username: String(eventBus['mqttUsername']),
    password: String(eventBus['mqttPassword']),
    tls: tlsOptions(eventBus['eventBusTLS'] as Section | null),
  }
}

const eventbus = 'github.com/kubeedge/kubeedge/edge/pkg/eventbus'
const initSubClient = `${eventbus}/mqtt.(*Client).InitSubClient`

function tlsOptions(tls: Section | null): ConnectionOptions {
  if (tls === null) return nilPanic(`${eventbus}/common/util.HubClientInit`, initSubClient)
  if (tls['enable'] !== true) return { rejectUnauthorized: false }
  const file = (key: string) => String(tls[key])
  const [cert, key] = ['tlsMqttCertFile', 'tlsMqttPrivateKeyFile'].map(name => {
    try {
      return readFileSync(file(name))
    } catch (cause) {
      error('common.go:64', `Failed to load x509 key pair: open ${file(name)}: ${goReason(cause)}`)
      return nilPanic(initSubClient)
    }
  }) as [Buffer, Buffer]
  try {
    return { cert, key, ca: readFileSync(file('tlsMqttCAFile')) }
  } catch {
    error('common.go:70', 'Failed to read TLSMqttCAFile')
    return nilPanic(initSubClient)
  }
}
