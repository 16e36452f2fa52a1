import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import type { ImageMosquitto } from '../brokers/image-mosquitto.ts'

/** A device, or many. It does not connect again. */
export const connectDevice = (
  { host, port }: Pick<ImageMosquitto, 'host' | 'port'>,
  options: Pick<IClientOptions, 'will'> = {},
): Promise<MqttClient> =>
  mqtt.connectAsync({ host, port, protocolVersion: 5, reconnectPeriod: 0, ...options })

/**
 * Publish `count` numbered measurements of 20 devices with QoS 1, at most `window` of them unacknowledged. Resolves when the
 * broker has acknowledged all.
 */
export async function publishNumbered(client: MqttClient, count: number, window = 200): Promise<void> {
  let next = 0
  const publishOn = async (): Promise<void> => {
    while (next < count) {
      const value = next++
      const payload = JSON.stringify({ type: 'count', value, unit: '1', timestamp: Date.now() })
      await client.publishAsync(`device/d${value % 20}/data/count`, payload, { qos: 1 })
    }
  }
  await Promise.all(Array.from({ length: window }, publishOn))
}
