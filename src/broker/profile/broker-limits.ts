import * as z from 'zod/mini'
import { EdgekitError } from '../../lib/errors.ts'

const MiB = 1024 * 1024

/**
 * The limits of the broker: their options in mosquitto.conf, their values unless they are set, and what mosquitto accepts.
 * Bytes, messages, and connections per listener.
 */
const limits = {
  /** mosquitto 2.1 has this default, too; 2.0 has none. The maximum is that of MQTT. */
  maxPacketSize: { option: 'max_packet_size', usual: 2_000_000, min: 1024, max: 268_435_455 },
  /** The container has 1024 file descriptors at most on some nodes. */
  maxConnections: { option: 'max_connections', usual: 512, min: 16, max: 65_535 },
  maxQueuedMessages: { option: 'max_queued_messages', usual: 100_000, min: 1, max: 1_000_000_000 },
  maxQueuedBytes: { option: 'max_queued_bytes', usual: 64 * MiB, min: 65_536, max: 1024 ** 4 },
  memoryLimit: { option: 'memory_limit', usual: 256 * MiB, min: 16 * MiB, max: 1024 ** 4 },
} as const

export type LimitName = keyof typeof limits
export const limitNames = Object.keys(limits) as LimitName[]

/** Those that are set. */
export type BrokerLimits = { [K in LimitName]?: number }

/** `null` returns to the usual value. */
const limit = z.optional(z.nullable(z.int()))
export const limitsSchema = {
  maxPacketSize: limit,
  maxConnections: limit,
  maxQueuedMessages: limit,
  maxQueuedBytes: limit,
  memoryLimit: limit,
} satisfies Record<LimitName, typeof limit>

/** Merges limits into earlier ones. Throws EdgekitError (usage) for those that the broker cannot have. */
export function checkLimits(
  flags: { [K in LimitName]?: number | null | undefined },
  earlier: BrokerLimits,
): BrokerLimits {
  const merged: BrokerLimits = {}
  for (const name of limitNames) {
    const value = flags[name] === undefined ? earlier[name] : (flags[name] ?? undefined)
    const { min, max, usual } = limits[name]
    if (value === undefined || value === usual) continue
    if (value < min || value > max) throw outOfRange(name, String(value))
    merged[name] = value
  }
  const [queue, memory] = [limitOf('maxQueuedBytes', merged), limitOf('memoryLimit', merged)]
  if (queue * 2 > memory)
    throw usage(
      `maxQueuedBytes ${queue} does not fit into memoryLimit ${memory}: one offline client could fill the broker`,
      `Set memoryLimit to at least ${queue * 2}, or maxQueuedBytes to at most ${Math.floor(memory / 2)}.`,
    )
  return merged
}

export function outOfRange(name: LimitName, text: string): EdgekitError {
  const { min, max, usual } = limits[name]
  return usage(
    `invalid ${name} ${text}: expected ${min} to ${max}`,
    `Use a number in that range; usual is ${usual}.`,
  )
}

const limitOf = (name: LimitName, set: BrokerLimits): number => set[name] ?? limits[name].usual

/** A mosquitto.conf of edgekit with these limits in place of the usual ones. */
export const withLimits = (text: string, set: BrokerLimits): string =>
  limitNames.reduce((found, name) => {
    const { option } = limits[name]
    return found.replaceAll(new RegExp(`^${option} .*$`, 'gm'), `${option} ${limitOf(name, set)}`)
  }, text)

const usage = (message: string, remedy: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', remedy })
