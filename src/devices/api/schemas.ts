import * as z from 'zod'
import { requestId } from '../messages/formats.ts'
import { idOf, name } from '../messages/topics.ts'
import { commandTimeout } from '../settings.ts'

/** What clients send and get. The OpenAPI document is made of these. */

const time = z.iso.datetime().meta({ description: 'UTC, with milliseconds.' })

const deviceId = z.string().regex(name, 'expected 1 to 128 letters, digits, and _.:-').overwrite(idOf)

/** Of paths. */
export const parameters: Readonly<Record<string, z.ZodType<string>>> = {
  device_id: deviceId,
  request_id: requestId,
}

const mostPerPage = 1000

/** Of queries. */
export const page = {
  after: { description: 'Only ids after this one.', schema: z.string().max(128).default('') },
  limit: {
    description: 'At most so many.',
    schema: z.coerce.number().int().min(1).max(mostPerPage).default(100),
  },
}

export const controlRequest = z
  .strictObject({
    action: z.string().min(1).max(128),
    params: z.record(z.string(), z.unknown()).optional(),
    request_id: requestId.optional().meta({
      description: 'Can be used once. Generated if it is missing.',
    }),
    timeout_seconds: commandTimeout.optional().meta({
      description: 'Time for the answer of the device; the broker drops the command afterwards.',
    }),
  })
  .meta({ id: 'ControlRequest' })

export const command = z
  .strictObject({
    request_id: requestId,
    device_id: z.string(),
    action: z.string(),
    state: z.enum(['pending', 'answered', 'late', 'timed-out']).meta({
      description: 'late: the device answered after its time.',
    }),
    created_at: time,
    expires_at: time,
    answered_at: time.optional(),
    success: z.boolean().optional().meta({ description: 'What the device answered.' }),
    result: z.unknown().optional().meta({ description: 'What the device answered.' }),
  })
  .meta({ id: 'Command' })

export const device = z
  .strictObject({
    device_id: z.string(),
    online: z.boolean().nullable().meta({ description: 'null: unknown.' }),
    device_status: z.string().nullable(),
    last_seen: time.nullable(),
    last_heartbeat: time.nullable(),
    last_report_data: z.unknown(),
    clock_suspect: z.boolean().meta({ description: 'The clock of the device is off.' }),
  })
  .meta({ id: 'Device' })

export const deviceList = z
  .strictObject({
    devices: z.array(device),
    next: z
      .string()
      .optional()
      .meta({ description: 'Value of "after" for the next page; absent on the last.' }),
  })
  .meta({ id: 'DeviceList' })

export const health = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    broker: z.enum(['connected', 'away']),
    database: z.enum(['ok', 'away']),
    waiting: z.int().nonnegative().meta({ description: 'Messages that arrived and are not stored yet.' }),
    lag_ms: z.int().nonnegative().meta({ description: 'How long the oldest of them has waited.' }),
    dead_letters: z.int().nonnegative().meta({ description: 'Messages of the last hour that did not fit.' }),
  })
  .meta({ id: 'Health' })

export const problem = z
  .strictObject({
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    request_id: requestId.optional(),
  })
  .meta({ id: 'Problem' })

export type Command = z.infer<typeof command>
export type Device = z.infer<typeof device>
export type DeviceList = z.infer<typeof deviceList>
export type Health = z.infer<typeof health>
export type ControlRequest = z.infer<typeof controlRequest>
