import { startMosquitto } from '../../lab/brokers/mosquitto.ts'
import { startMutant } from '../../lab/brokers/mutating-proxy.ts'
import type { LabBroker } from '../../lab/brokers/program.ts'
import * as encode from '../../src/mqtt/encode.ts'
import type { Properties } from '../../src/mqtt/properties.ts'

/** mosquitto behind a proxy that announces less in CONNACK, for what mosquitto 2.0 has no setting. */
async function announcing(properties: Properties): Promise<LabBroker> {
  const broker = await startMosquitto('trixie')
  const proxy = await startMutant(broker.port, () => ({
    toClient: (packet, version) => {
      const { type, sessionPresent = false, reason = 0 } = packet
      if (type !== 'connack' || version === 4) return [packet.bytes]
      return [
        encode.connack(5, { sessionPresent, reason, properties: [...packet.properties, ...properties] }),
      ]
    },
  }))
  return {
    port: proxy.port,
    async stop() {
      proxy.stop()
      await broker.stop()
    },
  }
}

/** A broker of MQTT 3.1.1 only: it refuses an unknown protocol level as section 3.1.2.2 of MQTT 3.1.1 demands. */
async function onlyVersion4(): Promise<LabBroker> {
  const broker = await startMosquitto('trixie')
  const proxy = await startMutant(broker.port, () => ({
    toBroker: packet =>
      packet.type === 'connect' && packet.connect?.level === 5
        ? [Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 6, 2, 0, 60, 0, 1, 0x78])]
        : [packet.bytes],
    toClient: packet => [
      packet.type === 'connack' && packet.reason === 1 ? encode.connack(4, { reason: 1 }) : packet.bytes,
    ],
  }))
  return {
    port: proxy.port,
    async stop() {
      proxy.stop()
      await broker.stop()
    },
  }
}

const set =
  (...settings: string[]) =>
  () =>
    startMosquitto('trixie', settings)

/** Settings that contradict each other: a broker that has them breaks nothing, and tests that need more are skipped. */
export const settings = [
  ['max-qos-0', set('max_qos 0'), /Maximum QoS 0/],
  ['max-qos-1', set('max_qos 1'), /Maximum QoS 1/],
  ['no-retain', set('retain_available false'), /no retained messages/],
  ['no-aliases', set('max_topic_alias 0'), /no topic aliases/],
  ['small-packets', set('max_packet_size 20000'), /Maximum Packet Size of 20000/],
  ['keep-alive', () => announcing([['serverKeepAlive', 30]]), /keep alive of 30 s/],
  ['client-ids', set('allow_zero_length_clientid false'), /requires a client id/],
  ['one-at-a-time', set('max_inflight_messages 1'), /one message of QoS 2 at a time/],
  [
    'no-wildcards',
    () =>
      announcing([
        ['wildcardAvailable', 0],
        ['sharedAvailable', 0],
        ['subscriptionIdAvailable', 0],
      ]),
    /no (?:wildcard|shared) subscriptions|no subscription identifiers/,
  ],
  ['only-3.1.1', onlyVersion4, /does not accept MQTT 5/],
] as const
