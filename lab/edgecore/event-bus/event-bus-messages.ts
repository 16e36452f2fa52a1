import type { Config } from '../config.ts'
import { error, info } from '../klog.ts'
import type { BrokerConnection } from './broker-connection.ts'

/** Handle a message from a device: its topic decides if it goes to the twin or the cloud (edge/pkg/eventbus/mqtt/handler.go). */
export function receive(
  config: Config,
  topic: string,
  _payload: Buffer,
  publisher: BrokerConnection | undefined,
): void {
  info('client.go:121', `OnSubMessageReceived receive msg from topic: ${topic}`)
  const forTwin = topic.startsWith('$hw/events/device/') || topic.startsWith('$hw/events/node/')
  const resource = forTwin ? Buffer.from(topic).toString('base64url') : topic
  info(
    'handler.go:31',
    `Received msg from mqttserver, deliver to ${forTwin ? 'twin' : 'hub'} with resource ${resource}`,
  )
  if (!forTwin && config.modules.edgeHub['enable'] !== true) {
    error('context_factory.go:171', "message context for group doesn't exist, group name: hub")
  }
  const membership = `$hw/events/node/${config.nodeName}/membership/get`
  if (topic === membership && config.modules.deviceTwin['enable'] === true)
    answerMembership(membership, publisher)
}

/** The twin of a node without devices. */
function answerMembership(topic: string, publisher: BrokerConnection | undefined): void {
  const answer = { event_id: '', timestamp: Date.now(), devices: [] }
  publisher?.publish(`${topic}/result`, JSON.stringify(answer))
  info('eventbus.go:154', `Success in pubMQTT with topic: ${topic}/result`)
}
