import { excerpt } from '../../lib/format.ts'
import type { JsonProblem } from './json.ts'
import type { Kind, RouteProblem } from './topics.ts'

/** A PUBLISH packet from the broker. */
export interface Received {
  topic: string
  payload: Uint8Array
  /** The broker sent it because of a new subscription, not because it was just published. */
  retained: boolean
  /** MQTT 5, 3.3.2.3.6: of an answer, what the command had. */
  correlation?: Uint8Array | undefined
  /** ms since 1970. */
  receivedAt: number
}

export type DeadReason =
  | RouteProblem
  | JsonProblem
  | 'the device is unknown'
  | 'the device was sent no command with this request_id'
  | 'the database refuses it'
  /** `value: expected a number` */
  | `the payload does not fit: ${string}`

/** What a device answers to a command. */
export interface CommandAnswer {
  requestId: string
  success: boolean
  /** JSON; undefined: the device gave no result. */
  result: string | undefined
}

/** What a device published. */
export interface Report {
  topic: string
  device: string
  kind: Kind
  type: string | undefined
  /** The payload: a JSON object. */
  text: string
  status: string | undefined
  /** Only in a response. */
  answer: CommandAnswer | undefined
  /** The time that the device gave, or undefined, in ms since 1970. */
  givenTime: number | undefined
  /** Of two messages of a device the one with the higher order is newer. ms since 1970. */
  order: number
  /** Undefined: the message has no time. */
  clock: 'good' | 'suspect' | undefined
  retained: boolean
  receivedAt: number
  /** The same for every delivery of a message; undefined if nothing in it makes it recognizable. */
  key: Uint8Array | undefined
}

/** A message that does not fit. */
export interface DeadLetter {
  topic: string
  reason: DeadReason
  /** Its first bytes. */
  payload: Uint8Array
  /** Bytes of the whole payload. */
  size: number
  receivedAt: number
}

export type Message = Report | DeadLetter

export const isDead = (message: Message): message is DeadLetter => 'reason' in message

export const isReport = (message: Message): message is Report => !isDead(message)

/** What a device announces before it disconnects, or the broker as its will. It is not a sign of life. */
export const isOffline = ({ status }: Report): boolean => status?.toLowerCase() === 'offline'

const mostDeadBytes = 4096
const mostTopicCharacters = 256

/** Keep the first bytes of what does not fit: many large messages must fill neither memory nor disk. */
export const deadLetter = (
  { topic, payload, receivedAt }: Pick<Received, 'topic' | 'payload' | 'receivedAt'>,
  reason: DeadReason,
): DeadLetter => ({
  topic: excerpt(topic, mostTopicCharacters),
  reason,
  // A copy: a view would keep the whole packet in memory.
  payload: Uint8Array.from(payload.subarray(0, mostDeadBytes)),
  size: payload.length,
  receivedAt,
})

/** A report that turned out not to fit when it was stored. */
export const deadReport = ({ topic, text, receivedAt }: Report, reason: DeadReason): DeadLetter =>
  deadLetter({ topic, payload: Buffer.from(text), receivedAt }, reason)
