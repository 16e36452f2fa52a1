import * as z from 'zod'
import { type Kind, name } from './topics.ts'

/** Formats of what devices publish. More keys than these are allowed, and kept. */

/** Seconds or milliseconds since 1970, or ISO 8601. */
const timestamp = z.union([z.number().nonnegative(), z.string().max(64)])
/** Makes a message recognizable when it is delivered twice. */
const messageId = z.union([z.string().min(1).max(128), z.int().nonnegative()])
const common = { timestamp: timestamp.optional(), message_id: messageId.optional() }

/** A word that a database column and a terminal can show. */
const word = z.string().regex(/^[\p{L}\p{N}_. :-]{1,64}$/u)

const anything = z.looseObject(common)

/** The sender of a command chooses it, and the device repeats it. */
export const requestId = z.string().regex(name, 'expected 1 to 128 letters, digits, and _.:-')

/** A message of any kind, as far as something depends on it. */
export type Content = z.infer<typeof anything> & {
  status?: string | undefined
  request_id?: string | undefined
  success?: boolean
  result?: unknown
}

export const formats: Record<Kind, z.ZodType<Content>> = {
  report: anything,
  measurement: z.looseObject({
    ...common,
    type: z.string().max(128).optional(),
    value: z.union([z.number(), z.string(), z.boolean(), z.looseObject({}), z.array(z.unknown())]),
    unit: z.string().max(32).optional(),
  }),
  status: z.looseObject({
    ...common,
    status: word,
    ip: z.string().max(64).optional(),
    rssi: z.number().optional(),
  }),
  heartbeat: anything,
  'ota-request': anything,
  'ota-progress': anything,
  response: z.looseObject({
    ...common,
    request_id: requestId.optional(),
    success: z.boolean(),
    result: z.unknown().optional(),
  }),
}
