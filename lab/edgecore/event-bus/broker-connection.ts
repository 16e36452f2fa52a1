import net from 'node:net'
import tls, { type PeerCertificate, TLSSocket } from 'node:tls'
import { type IConnackPacket, MqttClient } from 'mqtt'
import { dialError, goReason } from '../go-errors.ts'
import { type BrokerAddress, brokerAddress } from './broker-address.ts'
import type { ClientOptions } from './event-bus-options.ts'

/** An accepted MQTT connection. */
export interface BrokerConnection {
  /** The reason of a failure. A refusal in the SUBACK is none: paho 1.2.0 ignores it. */
  subscribe(topic: string): Promise<string | undefined>
  publish(topic: string, payload: string): void
  onMessage(listener: (topic: string, payload: Buffer) => void): void
  onLost(listener: (reason: string) => void): void
}

/**
 * One connection attempt of eclipse/paho.mqtt.golang v1.2.0: MQTT 3.1.1, clean session, keepalive 30 s; when the server
 * answers and refuses, a second attempt with MQTT 3.1. Returns the connection or paho's error; waits without a limit for a
 * server that accepts and stays silent.
 */
export async function connectToBroker(options: ClientOptions): Promise<BrokerConnection | string> {
  const address = brokerAddress(options.server)
  if (typeof address === 'string') return address
  const first = await attempt(address, options, 4)
  if ('connection' in first) return first.connection
  const last = first.reached ? await attempt(address, options, 3) : first
  return 'connection' in last ? last.connection : last.said
}

type Attempt = { connection: BrokerConnection } | { said: string; reached: boolean }

/** paho's texts for CONNACK codes 1 to 5, including its misspelling. */
const refusals = [
  '',
  'Unnacceptable protocol version',
  'Identifier rejected',
  'Server Unavailable',
  'Bad user name or password',
  'Not Authorized',
]

function attempt(address: BrokerAddress, options: ClientOptions, version: 3 | 4): Promise<Attempt> {
  return new Promise(resolve => {
    let socketError: Error | undefined
    let accepted = false
    let reached = false
    const lostListeners: ((reason: string) => void)[] = []
    const socket = open(address, options)
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
      reached = true
    })
    socket.on('error', cause => {
      socketError ??= cause
    })
    const client = new MqttClient(() => socket, {
      clientId: options.clientId,
      clean: true,
      keepalive: 30,
      protocolVersion: version,
      protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
      reconnectPeriod: 0,
      // EventBus sets no timeout for the answer.
      connectTimeout: 2 ** 31 - 1,
      resubscribe: false,
      ...(options.username === '' ? {} : { username: options.username }),
      ...(options.username === '' || options.password === '' ? {} : { password: options.password }),
    })
    let reason = 'EOF'
    client.on('error', cause => {
      if (/keepalive/i.test(cause.message)) reason = 'pingresp not received, disconnecting'
      const code = 'code' in cause ? Number(cause.code) : 0
      if (!accepted && refusals[code]) end(refusals[code])
    })
    client.on('connect', (packet: IConnackPacket) => {
      accepted = packet.returnCode === 0
      if (accepted) resolve({ connection: connection(client, lostListeners) })
    })
    client.on('close', () => {
      if (accepted) for (const listener of lostListeners.splice(0)) listener(reason)
      // paho loses errors between the dial and the answer, and prints a nil error like this.
      else if (reached || !socketError) end('Network Error : %!s(<nil>)')
      else end(`Network Error : ${networkError(address, socket, socketError)}`)
    })
    function end(said: string): void {
      client.end(true)
      socket.destroy()
      resolve({ said, reached })
    }
  })
}

function open(address: BrokerAddress, options: ClientOptions): net.Socket | TLSSocket {
  if ('path' in address) return net.connect({ path: address.path })
  if (!address.secure) return net.connect(address)
  return tls.connect({
    ...address,
    ...options.tls,
    ...(net.isIP(address.host) ? {} : { servername: address.host }),
  })
}

function networkError(address: BrokerAddress, socket: net.Socket | TLSSocket, cause: Error): string {
  const { code, syscall } = cause as NodeJS.ErrnoException
  const to = 'path' in address ? address.path : `${address.host}:${address.port}`
  if (syscall === 'connect' || syscall === 'getaddrinfo')
    return dialError('path' in address ? 'unix' : 'tcp', to, cause)
  if (code === 'ECONNRESET')
    return `read tcp ${socket.localAddress ?? '127.0.0.1'}->${to}: ${goReason(cause)}`
  return certificateError(cause)
}

function certificateError(cause: NodeJS.ErrnoException & { cert?: PeerCertificate }): string {
  const { code, message, cert } = cause
  const verification = 'tls: failed to verify certificate: x509: '
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname
    return names === undefined
      ? `${verification}certificate relies on legacy Common Name field, use SANs instead`
      : `${verification}certificate is valid for ${names.replaceAll('IP Address:', '').replaceAll('DNS:', '')}, not the address`
  }
  if (code === 'CERT_HAS_EXPIRED')
    return `${verification}certificate has expired or is not yet valid: current time is after the end`
  if (/SELF_SIGNED|UNABLE_TO/.test(code ?? ''))
    return `${verification}certificate signed by unknown authority`
  if (/WRONG_VERSION|EPROTO/.test(code ?? '')) return 'tls: first record does not look like a TLS handshake'
  return message
}

function connection(client: MqttClient, lostListeners: ((reason: string) => void)[]): BrokerConnection {
  return {
    subscribe: topic =>
      new Promise(resolve => {
        client.subscribe(topic, { qos: 1 }, cause => {
          const refusedByAccessList = cause?.message.startsWith('Subscribe error')
          resolve(cause && !refusedByAccessList ? cause.message : undefined)
        })
      }),
    publish: (topic, payload) => {
      client.publish(topic, payload, { qos: 1 })
    },
    onMessage: listener => {
      client.on('message', listener)
    },
    onLost: listener => {
      lostListeners.push(listener)
    },
  }
}
