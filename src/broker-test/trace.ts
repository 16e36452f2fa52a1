import type { Packet } from '../mqtt/decode.ts'
import type { Version } from '../mqtt/packet.ts'
import { numberIn } from '../mqtt/properties.ts'

/** Something that a broker keeps after a client has gone. */
export type Leftover = { version: Version } & ({ session: string } | { retained: string })

/** Writes one leftover where a later run finds it. */
export type Remember = (leftover: Leftover) => Promise<void>

/**
 * What this run leaves on the broker. It is written down before the packet is sent that creates it, so that a later run can
 * remove it when this one is killed.
 */
export class Trace {
  readonly #known = new Map<string, Leftover>()
  readonly #remember: Remember

  constructor(remember: Remember) {
    this.#remember = remember
  }

  get leftovers(): readonly Leftover[] {
    return [...this.#known.values()]
  }

  /** It is no longer on the broker. */
  forget(leftover: Leftover): void {
    this.#known.delete(JSON.stringify(leftover))
  }

  /** Called with each packet before it is sent. */
  async willSend(packet: Packet, version: Version): Promise<void> {
    for (const leftover of createdBy(packet, version)) {
      const key = JSON.stringify(leftover)
      if (this.#known.has(key)) continue
      this.#known.set(key, leftover)
      await this.#remember(leftover)
    }
  }
}

/** Sessions that outlive their connection, and retained messages, of this packet or of its will. */
function createdBy(
  { type, retain, topic, payload, connect, properties }: Packet,
  version: Version,
): Leftover[] {
  if (type === 'publish' && retain && topic && payload?.length) return [{ version, retained: topic }]
  // DISCONNECT can prolong a session (MQTT 5, section 3.14.2.2.2), but not one that began with expiry 0.
  if (type !== 'connect' || !connect) return []
  const { clientId, clean, will } = connect
  const isDurable = version === 5 ? (numberIn(properties, 'sessionExpiry') ?? 0) > 0 : !clean
  return [
    ...(isDurable && clientId !== '' ? [{ version, session: clientId }] : []),
    ...(will?.retain && will.payload.length > 0 ? [{ version, retained: will.topic }] : []),
  ]
}
