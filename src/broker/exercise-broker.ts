import { randomUUID } from 'node:crypto'
import type { MqttClient } from 'mqtt'
import type { Delivery, ProbeResult } from './probe-result.ts'

export interface Questions {
  /** The name of the node, to ask its twin; undefined: it is not asked. */
  nodeName: string | undefined
}

type Answers = Omit<Extract<ProbeResult, { qos0: unknown }>, 'mqtt5'>

/**
 * What a connected client can find out within `timeoutMs`. The first topic is edgekit's own. The second
 * has the beginning of EdgeCore's topics, but is none of them (edge/pkg/eventbus/mqtt, v1.8 to v1.23). The twin's
 * `membership/get` only reads, and is answered to on this node.
 */
export async function exerciseBroker(
  client: MqttClient,
  { nodeName }: Questions,
  timeoutMs: number,
): Promise<Answers> {
  const [own, edgecoreTopic] = [`edgekit/doctor/${randomUUID()}`, `$hw/events/edgekit/${randomUUID()}`]
  const statistics = {
    clients: '$SYS/broker/clients/connected',
    // Not `messages`: that counts what clients ask and acknowledge as well.
    load: '$SYS/broker/load/publish/received/1min',
  }
  const values = new Map<string, number>()
  client.on('message', (topic, payload) => values.set(topic, Number(payload)))
  const membership = nodeName && `$hw/events/node/${nodeName}/membership/get`
  const end = AbortSignal.timeout(timeoutMs)
  const topics = [own, edgecoreTopic, ...Object.values(statistics)]
  if (membership) topics.push(`${membership}/result`)
  // A broker may refuse one of them here; most do so by not delivering, and that is what is looked at.
  const subscribed = Promise.allSettled(topics.map(topic => client.subscribeAsync(topic, { qos: 1 })))
  await Promise.race([subscribed, aborted(end)])
  const send = (topic: string, qos: 0 | 1) =>
    delivery(client, { topic, back: topic, payload: 'edgekit', qos }, end)
  const question = JSON.stringify({ event_id: randomUUID() })
  const twin = membership
    ? delivery(
        client,
        {
          topic: membership,
          back: `${membership}/result`,
          payload: question,
          qos: 1,
          againMs: askAgainMs,
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
    publishedPerMinute: values.get(statistics.load),
  }
}

/** EdgeCore says that it has reached the broker before it has subscribed: what it is asked meanwhile, nobody hears. */
const askAgainMs = 250

interface Message {
  topic: string
  /** Where the answer comes. */
  back: string
  payload: string
  qos: 0 | 1
  /** Send it again every so many milliseconds, until there is an answer. */
  againMs?: number
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function delivery(
  client: MqttClient,
  { topic, back, payload, qos, againMs }: Message,
  end: AbortSignal,
): Promise<Delivery> {
  // It may be so before anybody listens.
  if (!client.connected) return { failure: 'the broker closed the connection' }
  const started = performance.now()
  const stop = new AbortController()
  const received = new Promise<Delivery>(resolve => {
    client.on('message', look).once('close', hungUp)
    stop.signal.addEventListener('abort', () => client.off('message', look).off('close', hungUp))
    function look(where: string): void {
      if (where === back) resolve({ ms: performance.now() - started })
    }
    function hungUp(): void {
      resolve({ failure: 'the broker closed the connection' })
    }
  })
  const send = () => void client.publish(topic, payload, { qos })
  send()
  const again = againMs === undefined ? undefined : setInterval(send, againMs)
  const late = aborted(end).then(() => ({ failure: 'no message came back in time' }))
  return Promise.race([received, late]).finally(() => {
    stop.abort()
    clearInterval(again)
  })
}
