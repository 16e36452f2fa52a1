import { hash } from 'node:crypto'
import { deviceTime } from './device-time.ts'
import { type Content, formats } from './formats.ts'
import { type DeadReason, deadLetter, type Message, type Received } from './message.ts'
import { type Kind, type Route, router, type TopicRow } from './topics.ts'

/** A report with a hundred values has 4 kB. At most 1000 messages wait in memory. */
export const mostPayloadBytes = 32 * 1024
/** MySQL and MariaDB accept 100 and 32 levels; devices use three. */
const mostDepth = 32
/** Half of a SHA-256 hash: two messages with the same one do not occur. */
const keyBytes = 16

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Turn packets into reports, or into dead letters with the reason. Never throws. */
export function messageReader(topics: readonly TopicRow[]): (received: Received) => Message {
  const routeOf = router(topics)
  return received => {
    const route = routeOf(received.topic)
    if ('reason' in route) return deadLetter(received, route.reason)
    const content = contentOf(received.payload, route.kind)
    return 'reason' in content
      ? deadLetter(received, content.reason)
      : reportOf(received, route, content.text, content.value)
  }
}

function reportOf(
  { topic, receivedAt, retained }: Received,
  { device, kind, type }: Exclude<Route, { reason: unknown }>,
  text: string,
  { timestamp, message_id: id, status }: Content,
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
  if (payload.length === 0)
    return kind === 'heartbeat' ? { text: '{}', value: {} } : { reason: 'the payload is empty' }
  if (payload.length > mostPayloadBytes) return { reason: 'the payload is too large' }
  let text: string
  try {
    text = utf8.decode(payload)
  } catch {
    return { reason: 'the payload is not valid UTF-8' }
  }
  if (depthOf(text) > mostDepth) return { reason: 'the payload is nested too deeply' }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { reason: 'the payload is not JSON' }
  }
  const { data, error } = formats[kind].safeParse(json)
  return data ? { text, value: data } : { reason: `the payload does not fit: ${problemOf(error.issues[0])}` }
}

/** How deep brackets are nested, at most. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isString) {
      if (character === '\\') at++
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === '{' || character === '[') {
      depth++
      if (depth > deepest) deepest = depth
    } else if (character === '}' || character === ']') depth--
  }
  return deepest
}

/** Which part, without its value: that can be a secret of the device. */
const problemOf = (issue: { path: PropertyKey[] } | undefined): string =>
  issue === undefined || issue.path.length === 0 ? 'it is not an object' : issue.path.map(String).join('.')
