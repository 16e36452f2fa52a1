import { sleep } from '../clock.ts'
import type { Config } from '../config.ts'
import { error, info, warning } from '../klog.ts'
import { type BrokerConnection, connectToBroker } from './broker-connection.ts'
import { receive } from './event-bus-messages.ts'
import { type ClientOptions, clientOptions } from './event-bus-options.ts'
import { launchInternalBroker } from './internal-broker.ts'

const subscriptions = [
  '$hw/events/upload/#',
  '$hw/events/device/+/+/state/update',
  '$hw/events/device/+/+/twin/+',
  '$hw/events/node/+/membership/get',
  'SYS/dis/upload_records',
  '+/user/#',
]

/** Capacity of beehive's channels; tests can lower it. */
const room = Number(process.env['EDGECORE_STAND_IN_ROOM'] ?? 1024)

/**
 * EventBus of KubeEdge v1.22/v1.23 (edge/pkg/eventbus) seen from outside: the subscribing client connects, then the
 * publishing one, then the internal broker starts; each waits for the previous one without a limit.
 */
export class EventBus {
  readonly #config: Config
  #publisher: BrokerConnection | undefined
  /** The message loop runs; it logs when it stops. */
  running = false

  #waiting = 0

  constructor(config: Config) {
    this.#config = config
  }

  /** Queue a message from another module. Messages wait while EventBus connects, up to the channel's capacity. */
  put(message: string): void {
    if (this.running) return
    this.#waiting++
    if (this.#waiting > room)
      warning('context_channel.go:180', `The module eventbus message channel is full, message: ${message}`)
  }

  async start(): Promise<void> {
    const { eventBus } = this.#config.modules
    const mode = Number(eventBus['mqttMode'])
    if (mode >= 1) {
      // Like EdgeCore: client ids that are not configured end with the Unix time of their first use.
      await this.#connectSub(clientOptions(eventBus, 'sub'))
      await this.#connectPub(clientOptions(eventBus, 'pub'))
      const server = String(eventBus['mqttServerExternal'])
      info('eventbus.go:82', `Init Sub And Pub Client for external mqtt broker ${server} successfully`)
    }
    if (mode <= 1) {
      for (const topic of subscriptions) info('server.go:105', `Subscribe internal topic to ${topic}`)
      error('server.go:109', 'list edge-hub-cli-topics failed: no topics found')
      await launchInternalBroker(String(eventBus['mqttServerInternal']))
    }
    this.running = true
  }

  async #connectSub(options: ClientOptions): Promise<void> {
    const connection = await loopConnect(options)
    connection.onMessage((topic, payload) => {
      receive(this.#config, topic, payload, this.#publisher)
    })
    connection.onLost(reason => {
      error('client.go:87', `onSubConnectionLost with error: ${reason}`)
      void this.#connectSub(options)
    })
    void subscribeAll(connection)
    info('client.go:143', 'finish hub-client sub')
  }

  async #connectPub(options: ClientOptions): Promise<void> {
    const connection = await loopConnect(options)
    this.#publisher = connection
    connection.onLost(reason => {
      error('client.go:82', `onPubConnectionLost with error: ${reason}`)
      void this.#connectPub(options)
    })
    info('client.go:162', 'finish hub-client pub')
  }
}

async function loopConnect(options: ClientOptions): Promise<BrokerConnection> {
  for (;;) {
    info('common.go:97', `start connect to mqtt server with client id: ${options.clientId}`)
    // Printed before the answer arrives: false on success too.
    info('common.go:99', `client ${options.clientId} isconnected: false`)
    const result = await connectToBroker(options)
    if (typeof result !== 'string') return result
    error('common.go:101', `connect error: ${result}`)
    await sleep(5)
  }
}

async function subscribeAll(connection: BrokerConnection): Promise<void> {
  for (const topic of subscriptions) {
    const failure = await connection.subscribe(topic)
    if (failure !== undefined)
      return error('client.go:95', `edge-hub-cli subscribe topic: ${topic}, ${failure}`)
    info('client.go:98', `edge-hub-cli subscribe topic to ${topic}`)
  }
  error('client.go:102', 'list edge-hub-cli-topics failed: no topics found')
}
