import type { IConnackPacket, IDisconnectPacket, IPublishPacket, MqttClient } from 'mqtt'
import { type BrokerEndpoint, close, open, refusalOf } from '../../broker/connect.ts'
import { EdgekitError } from '../../lib/errors.ts'
import type { Source } from './inbox.ts'

/** A message as it arrived. */
export interface Arrival {
  topic: string
  payload: Uint8Array
  retained: boolean
  correlation: Uint8Array | undefined
  /** Undefined: QoS 0. */
  packetId: number | undefined
  /** The broker has sent it before. */
  duplicate: boolean
}

export interface SessionOptions {
  endpoint: BrokerEndpoint
  clientId: string
  expirySeconds: number
  receiveMaximum: number
  onArrival: (arrival: Arrival, source: Source) => void
  /** The broker does not let the service publish on this topic. */
  onDenied: (topic: string) => void
  /** The broker delivers what was not acknowledged again, on the next connection. */
  onClosed: (source: Source) => void
}

type Ending = 'lost' | 'taken over'

/** A message that expects an answer (MQTT 5, 4.10). */
export interface Request {
  topic: string
  payload: string
  responseTopic: string
  correlation: string
  /** The broker drops it when the device has not received it by then. */
  expirySeconds: number
}

/** What the broker did with a request. `unclear`: the connection was lost before it acknowledged. */
export type Delivery = 'accepted' | 'no subscriber' | 'refused' | 'unclear'

/** One connection of the durable session. */
export interface Session {
  source: Source
  /** False: the broker began a new session, and had kept no messages. */
  resumed: boolean
  /** Throws EdgekitError (devices-broker-refuses) unless the broker delivers the filters with QoS 1. */
  subscribe(filters: readonly string[]): Promise<void>
  unsubscribe(filters: readonly string[]): Promise<void>
  /** Publish with QoS 1, not retained. What a connection that ends has not delivered is lost. */
  publish(topic: string, payload: string): void
  /** Publish with QoS 1, not retained. Resolves when the broker has acknowledged or the connection is gone. */
  request(request: Request): Promise<Delivery>
  /** Resolves when the connection is gone. */
  ended: Promise<Ending>
  /** Disconnect; the broker keeps the session. */
  close(): Promise<void>
}

/** A stop, which must take less than 5 s, waits for an attempt to connect. */
const connectMs = 4_000
/** Far above what the service accepts: what is larger still becomes a dead letter, up to this size. */
const mostPacketBytes = 4 * 1024 * 1024
/** MQTT 5, 3.14.2.1: another client has connected with this client id. */
const sessionTakenOver = 0x8e
/** 3.4.2.1: the broker accepted the message, but there is no subscriber. */
const noMatchingSubscribers = 0x10
/** 3.4.2.1: an ACL of the broker does not allow it. */
const notAuthorized = 0x87

/**
 * Connect, and pass on every message. Nothing is acknowledged here. Throws unless the broker accepts.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { endpoint, clientId, expirySeconds, receiveMaximum, onArrival, onDenied, onClosed } = options
  const { promise: ended, resolve: end } = Promise.withResolvers<Ending>()
  let resumed = false
  let connection: MqttClient | undefined
  /** Packet ids of publications without a subscriber. */
  const unread = new Set<number | undefined>()
  const source: Source = {
    get isOpen() {
      return connection?.connected === true && !connection.stream.destroyed
    },
    acknowledge: ids => void connection?.stream.write(pubacks(ids)),
  }
  const prepare = (client: MqttClient): void => {
    connection = client
    client.once('connect', ({ sessionPresent }: IConnackPacket) => {
      resumed = sessionPresent
    })
    // mqtt.js does not pass on the reason code of an acknowledgment.
    client.on('packetreceive', packet => {
      if (packet.cmd === 'puback' && packet.reasonCode === noMatchingSubscribers) unread.add(packet.messageId)
    })
    client.once('disconnect', ({ reasonCode }: IDisconnectPacket) => {
      if (reasonCode === sessionTakenOver) end('taken over')
    })
    client.once('close', () => {
      onClosed(source)
      end('lost')
    })
    // mqtt.js sends a PUBACK after the callback, unless it gets an error. The error goes nowhere, and the next packet follows
    // at once; a callback that waited for the commit would hold up every other packet.
    client.handleMessage = (packet, done) => {
      onArrival(arrivalOf(packet), source)
      done(packet.qos === 0 ? undefined : deferred)
    }
  }
  const client = await open(endpoint, connectMs, 5, {
    clientId,
    clean: false,
    expirySeconds,
    receiveMaximum,
    maximumPacketSize: mostPacketBytes,
    prepare,
  })
  return {
    source,
    resumed,
    ended,
    async subscribe(filters) {
      // 1: retained messages only for a new subscription (MQTT 5, 3.8.3.1), not after each connect.
      const request = Object.fromEntries(filters.map(filter => [filter, { qos: 1, rh: 1 } as const]))
      const granted = await client.subscribeAsync(request).catch(error => {
        // Without an answer, the connection was lost.
        throw 'packet' in error && error.packet ? notGranted(filters.join(', ')) : error
      })
      const refused = granted.filter(({ qos }) => qos !== 1)
      if (refused.length > 0) throw notGranted(refused.map(({ topic }) => topic).join(', '))
    },
    async unsubscribe(filters) {
      if (filters.length > 0) await client.unsubscribeAsync([...filters])
    },
    publish(topic, payload) {
      void client.publishAsync(topic, payload, { qos: 1 }).catch((error: unknown) => {
        if (refusalOf(error) === notAuthorized) onDenied(topic)
      })
    },
    async request({ topic, payload, responseTopic, correlation, expirySeconds }) {
      const properties = {
        responseTopic,
        correlationData: Buffer.from(correlation),
        messageExpiryInterval: expirySeconds,
      }
      const publishing = client.publishAsync(topic, payload, { qos: 1, properties }).then(
        sent => (unread.delete(sent?.messageId) ? ('no subscriber' as const) : ('accepted' as const)),
        error => (refusalOf(error) === undefined ? ('unclear' as const) : ('refused' as const)),
      )
      return await Promise.race([publishing, ended.then(() => 'unclear' as const)])
    },
    close: () => close(client),
  }
}

const notGranted = (filters: string): EdgekitError =>
  new EdgekitError(`cannot subscribe to ${filters} with QoS 1: the broker refuses`, {
    code: 'devices-broker-refuses',
    remedy: 'Allow the user of the service to read these topics.',
  })

const deferred = new Error('acknowledged after the commit')

const arrivalOf = ({ topic, payload, retain, qos, messageId, dup, properties }: IPublishPacket): Arrival => ({
  topic,
  payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
  retained: retain,
  correlation: properties?.correlationData,
  packetId: qos === 0 ? undefined : messageId,
  duplicate: dup,
})

/** PUBACK packets without a reason code, which means success (MQTT 5, 3.4.2.1). */
function pubacks(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * 4)
  ids.forEach((id, index) => {
    bytes.writeUInt16BE(0x4002, index * 4)
    bytes.writeUInt16BE(id, index * 4 + 2)
  })
  return bytes
}
