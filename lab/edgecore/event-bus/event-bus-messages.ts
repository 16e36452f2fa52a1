import type { Config } from '../config.ts'
import { error, info } from '../klog.ts'
import type { BrokerConnection } from './broker-connection.ts'

/** Handle a message from a device: its topic decides if it goes to the twin or the cloud (edge/pkg/eventbus/mqtt/handler.go). */
export function receive(
  config: Config,
  topic: string,
  payload: Buffer,
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
    answerMembership(membership, payload, publisher)
}

/**
 * The twin of a node without devices: the answer has the `event_id` of the request, or an error when that is not JSON
 * (edge/pkg/devicetwin/dtmanager/membership.go, dealMembershipGetInner).
 */
function answerMembership(topic: string, request: Buffer, publisher: BrokerConnection | undefined): void {
  const timestamp = Date.now()
  const eventId = eventIdIn(request)
  const answer =
    eventId === undefined
      ? {
          event_id: '',
          timestamp,
          code: 400,
          reason: `Unmarshal get membership info ${request.toString()} failed`,
        }
      : { event_id: eventId, timestamp, devices: [] }
  publisher?.publish(`${topic}/result`, JSON.stringify(answer))
  info('eventbus.go:154', `Success in pubMQTT with topic: ${topic}/result`)
}

/** Undefined for what Go's `json.Unmarshal` refuses. */
function eventIdIn(request: Buffer): string | undefined {
  try {
    const { event_id: id = '' } = JSON.parse(request.toString()) as { event_id?: string }
    return id
  } catch {
    return undefined
  }
}
