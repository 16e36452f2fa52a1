import { randomUUID } from 'node:crypto'
import type { MqttClient } from 'mqtt'
import { deadline } from '../lib/deadline.ts'
import type { Delivery, ProbeResult } from './probe-result.ts'

export interface Exercise {
  /** The node name for the twin's topic; undefined skips the twin. */
  nodeName: string | undefined
}

type Findings = Omit<Extract<ProbeResult, { qos0: unknown }>, 'mqtt5' | 'offline'>

/**
 * Exercise a broker through a connected client for at most `timeoutMs`. The first topic is edgekit's own. The second has the
 * prefix of EdgeCore's topics, but EdgeCore does not subscribe to it (edge/pkg/eventbus/mqtt, v1.8 to v1.23). The twin's
 * `membership/get` only reads, and its answer stays on this node.
 */
export async function exerciseBroker(
  client: MqttClient,
  { nodeName }: Exercise,
  timeoutMs: number,
): Promise<Findings> {
  const [own, edgecoreTopic] = [`edgekit/doctor/${randomUUID()}`, `$hw/events/edgekit/${randomUUID()}`]
  const statistics = {
    clients: '$SYS/broker/clients/connected',
    // Not `messages`: that also counts subscriptions and acknowledgments.
    publishedPerMinute: '$SYS/broker/load/publish/received/1min',
    droppedPerMinute: '$SYS/broker/load/publish/dropped/15min',
    waitingSessions: '$SYS/broker/clients/disconnected',
    heapBytes: '$SYS/broker/heap/current',
  } as const
  const values = new Map<string, number>()
  client.on('message', (topic, payload) => values.set(topic, Number(payload)))
  const membership = nodeName && `$hw/events/node/${nodeName}/membership/get`
  using end = deadline(timeoutMs)
  const topics = [own, edgecoreTopic, ...Object.values(statistics)]
  if (membership) topics.push(`${membership}/result`)
  // Refused subscriptions do not matter: most brokers accept them and deliver nothing, which the probe detects.
  const subscribed = Promise.allSettled(topics.map(topic => client.subscribeAsync(topic, { qos: 1 })))
  await Promise.race([subscribed, end.passed])
  const send = (topic: string, qos: 0 | 1) =>
    delivery(client, { topic, answerOn: topic, payload: 'edgekit', qos }, end)
  const request = JSON.stringify({ event_id: randomUUID() })
  const twin = membership
    ? delivery(
        client,
        {
          topic: membership,
          answerOn: `${membership}/result`,
          payload: request,
          qos: 1,
          resendMs: twinResendMs,
        },
        end,
      )
    : undefined
  const [qos0, edgecoreTopics] = await Promise.all([send(own, 0), send(edgecoreTopic, 1)])
  return {
    qos0,
    qos1: await send(own, 1),
    edgecoreTopics,
    twin: await twin,
    clients: values.get(statistics.clients),
    publishedPerMinute: values.get(statistics.publishedPerMinute),
    droppedPerMinute: values.get(statistics.droppedPerMinute),
    waitingSessions: values.get(statistics.waitingSessions),
    heapBytes: values.get(statistics.heapBytes),
  }
}

/** EdgeCore reports its connection to the broker before it subscribes; requests in between are lost. */
const twinResendMs = 250

interface Message {
  topic: string
  /** The topic of the answer. */
  answerOn: string
  payload: string
  qos: 0 | 1
  /** Resend it at this interval until there is an answer. */
  resendMs?: number
}

async function delivery(
  client: MqttClient,
  { topic, answerOn, payload, qos, resendMs }: Message,
  end: Pick<ReturnType<typeof deadline>, 'passed'>,
): Promise<Delivery> {
  // The connection may have closed before this adds a listener.
  if (!client.connected) return { failure: 'the broker closed the connection' }
  const started = performance.now()
  const stop = new AbortController()
  const received = new Promise<Delivery>(resolve => {
    client.on('message', onMessage).once('close', onClose)
    stop.signal.addEventListener('abort', () => client.off('message', onMessage).off('close', onClose))
    function onMessage(receivedOn: string): void {
      if (receivedOn === answerOn) resolve({ ms: performance.now() - started })
    }
    function onClose(): void {
      resolve({ failure: 'the broker closed the connection' })
    }
  })
  const send = () => void client.publish(topic, payload, { qos })
  send()
  const resend = resendMs === undefined ? undefined : setInterval(send, resendMs)
  const late = end.passed.then(() => ({ failure: 'no message came back in time' }))
  return Promise.race([received, late]).finally(() => {
    stop.abort()
    clearInterval(resend)
  })
}
