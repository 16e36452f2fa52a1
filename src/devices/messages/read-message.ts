import { hash } from 'node:crypto'
import { deviceTime } from './device-time.ts'
import { type Content, formats, requestId } from './formats.ts'
import { readJson } from './json.ts'
import { type CommandAnswer, type DeadReason, deadLetter, type Message, type Received } from './message.ts'
import { type Kind, type Route, router, type TopicRow } from './topics.ts'

/** Half of a SHA-256 hash: two messages with the same one do not occur. */
const keyBytes = 16

/** Turn packets into reports, or into dead letters with the reason. Never throws. */
export function messageReader(topics: readonly TopicRow[]): (received: Received) => Message {
  const routeOf = router(topics)
  return received => {
    const route = routeOf(received.topic)
    if ('reason' in route) return deadLetter(received, route.reason)
    const content = contentOf(received.payload, route.kind)
    if ('reason' in content) return deadLetter(received, content.reason)
    const answer = route.kind === 'response' ? answerOf(received, content.value) : undefined
    if (route.kind === 'response' && answer === undefined)
      return deadLetter(received, 'the payload does not fit: request_id')
    return reportOf(received, route, content, answer)
  }
}

/** Undefined: it does not show which command it answers. */
function answerOf(
  { correlation }: Received,
  { request_id: given, success = false, result }: Content,
): CommandAnswer | undefined {
  const id = given ?? requestId.safeParse(Buffer.from(correlation ?? []).toString()).data
  if (id === undefined) return undefined
  return { requestId: id, success, result: result === undefined ? undefined : JSON.stringify(result) }
}

function reportOf(
  { topic, receivedAt, retained }: Received,
  { device, kind, type }: Exclude<Route, { reason: unknown }>,
  { text, value: { timestamp, message_id: id, status } }: { text: string; value: Content },
  answer: CommandAnswer | undefined,
): Message {
  const { given, order, clock } = deviceTime(timestamp, { receivedAt, retained })
  const isRecognizable = given !== undefined || id !== undefined
  return {
    topic,
    device,
    kind,
    type,
    text,
    status: kind === 'status' ? status : undefined,
    answer,
    givenTime: given,
    order,
    clock,
    retained,
    receivedAt,
    key: isRecognizable ? hash('sha256', `${topic}\0${text}`, 'buffer').subarray(0, keyBytes) : undefined,
  }
}

type Checked = { text: string; value: Content } | { reason: DeadReason }

function contentOf(payload: Uint8Array, kind: Kind): Checked {
  // A heartbeat can consist of nothing.
  if (payload.length === 0 && kind === 'heartbeat') return { text: '{}', value: {} }
  const read = readJson(payload)
  if ('reason' in read) return read
  const { data, error } = formats[kind].safeParse(read.json)
  return data
    ? { text: read.text, value: data }
    : { reason: `the payload does not fit: ${problemOf(error.issues[0])}` }
}

/** Which part, without its value: that can be a secret of the device. */
const problemOf = (issue: { path: PropertyKey[] } | undefined): string =>
  issue === undefined || issue.path.length === 0 ? 'it is not an object' : issue.path.map(String).join('.')
