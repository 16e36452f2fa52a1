import type { IPublishPacket, MqttClient } from 'mqtt'
import type { ImageMosquitto } from '../brokers/image-mosquitto.ts'
import { connectDevice } from './publish.ts'

export interface ReceivedCommand {
  action: string
  params: Record<string, unknown>
  request_id: string
}

/** A device with the firmware of the source document: it reads `device/ID/command`, and answers on `device/ID/response`. */
export class Esp32 implements AsyncDisposable {
  readonly client: MqttClient
  readonly #id: string
  /** With the packets they came in. */
  readonly commands: { command: ReceivedCommand; packet: IPublishPacket }[] = []
  /** Whether it answers by itself. */
  answers = true

  private constructor(id: string, client: MqttClient) {
    this.#id = id
    this.client = client
    client.on('message', (_topic, payload, packet) => {
      const command = JSON.parse(payload.toString()) as ReceivedCommand
      this.commands.push({ command, packet })
      if (this.answers) void this.answer(command.request_id)
    })
  }

  static async connect(broker: ImageMosquitto, id: string): Promise<Esp32> {
    const device = new Esp32(id, await connectDevice(broker))
    await device.client.subscribeAsync(`device/${id}/command`, { qos: 1 })
    return device
  }

  async answer(requestId: string, result: object = { led: true }): Promise<void> {
    await this.publish(JSON.stringify({ request_id: requestId, success: true, result }))
  }

  async publish(response: string, correlationData?: Buffer): Promise<void> {
    await this.client.publishAsync(`device/${this.#id}/response`, response, {
      qos: 1,
      ...(correlationData && { properties: { correlationData } }),
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.endAsync(true)
  }
}
