import type { Qos } from '../mqtt/packet.ts'

/** What is sent to whom. */
export interface Load {
  /** Each publishes to a topic of its own. */
  publishers: number
  /** Each subscribes to the topics of all publishers. */
  subscribers: number
  /** The subscribers share the messages (MQTT 5, section 4.8.2) instead of getting all of them. */
  shared: boolean
  /** Of messages and subscriptions. */
  qos: Qos
  /** Bytes of a payload. */
  size: number
}

/** How fast, and for how long. */
export interface Pace {
  /** Messages per second of all publishers; undefined: as fast as the broker takes them. */
  rate: number | undefined
  durationMs: number
}

/** How often each message must arrive. */
export const copiesOf = ({ subscribers, shared }: Load): number =>
  subscribers === 0 ? 0 : shared ? 1 : subscribers
