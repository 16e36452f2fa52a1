import * as z from 'zod'
import { command, device } from '../../devices/api/schemas.ts'
import { count, plan } from './parts.ts'

export const devicesServeOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    received: count.meta({ description: 'Messages from the broker, with those that it delivered again.' }),
    stored: count.meta({ description: 'Messages of known devices that are in the database.' }),
    duplicates: count.meta({ description: 'Messages that the history already had.' }),
    deadLetters: count.meta({ description: 'Messages that did not fit.' }),
    dropped: count.meta({
      description: 'QoS 0 messages that were dropped while the database could not be used.',
    }),
  })
  .meta({
    title: 'edgekit devices serve',
    description: 'Output of edgekit devices serve --json, when it is stopped.',
  })

export type DevicesServeOutput = z.infer<typeof devicesServeOutput>

const done = z
  .array(z.string())
  .meta({ description: 'The changes in order; empty when there was nothing to do.' })

export const devicesInstallOutput = z
  .union([
    z.strictObject({ schemaVersion: z.literal(1), dryRun: z.literal(true), plan }),
    z.strictObject({ schemaVersion: z.literal(1), dryRun: z.literal(false), done }),
  ])
  .meta({ title: 'edgekit devices install', description: 'Output of edgekit devices install --json.' })

export type DevicesInstallOutput = z.infer<typeof devicesInstallOutput>

export const devicesUninstallOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    done,
    kept: z.array(
      z.strictObject({ what: z.string(), why: z.string(), purgeable: z.literal(true).optional() }),
    ),
  })
  .meta({ title: 'edgekit devices uninstall', description: 'Output of edgekit devices uninstall --json.' })

export type DevicesUninstallOutput = z.infer<typeof devicesUninstallOutput>

const health = z.strictObject({
  broker: z.enum(['connected', 'away']),
  database: z.enum(['ok', 'away']),
  waiting: count.meta({ description: 'Messages that arrived and are not stored yet.' }),
  lagMs: count.meta({ description: 'How long the oldest of them has waited.' }),
  deadLetters: count.meta({ description: 'Messages of the last hour that did not fit.' }),
})

export const devicesStatusOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    service: z
      .strictObject({
        state: z.string().meta({ description: 'As systemd names it: active, failed, …' }),
        since: z.iso.datetime().nullable(),
        atBoot: z.boolean(),
        restarts: count.meta({ description: 'How often systemd has restarted it.' }),
        broker: z.string().meta({ description: 'HOST:PORT' }),
        database: z.string(),
        http: z.string().meta({ description: 'HOST:PORT' }),
        health: health.nullable().meta({ description: 'null: the service does not answer.' }),
      })
      .nullable()
      .meta({ description: 'null: not installed.' }),
  })
  .meta({ title: 'edgekit devices status', description: 'Output of edgekit devices status --json.' })

export type DevicesStatusOutput = z.infer<typeof devicesStatusOutput>

const ids = z.array(z.string())

export const devicesListOutput = z
  .strictObject({ schemaVersion: z.literal(1), devices: z.array(device) })
  .meta({ title: 'edgekit devices list', description: 'Output of edgekit devices list --json.' })

export type DevicesListOutput = z.infer<typeof devicesListOutput>

export const devicesShowOutput = z
  .strictObject({ schemaVersion: z.literal(1), device })
  .meta({ title: 'edgekit devices show', description: 'Output of edgekit devices show --json.' })

export type DevicesShowOutput = z.infer<typeof devicesShowOutput>

export const devicesAddOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    added: ids,
    existing: ids.meta({ description: 'Devices that existed before.' }),
  })
  .meta({ title: 'edgekit devices add', description: 'Output of edgekit devices add --json.' })

export type DevicesAddOutput = z.infer<typeof devicesAddOutput>

export const devicesRemoveOutput = z
  .strictObject({ schemaVersion: z.literal(1), removed: ids })
  .meta({ title: 'edgekit devices remove', description: 'Output of edgekit devices remove --json.' })

export type DevicesRemoveOutput = z.infer<typeof devicesRemoveOutput>

export const devicesSendOutput = z
  .strictObject({ schemaVersion: z.literal(1), command })
  .meta({ title: 'edgekit devices send', description: 'Output of edgekit devices send --json.' })

export type DevicesSendOutput = z.infer<typeof devicesSendOutput>

export const devicesWatchOutput = z
  .strictObject({
    schemaVersion: z.literal(1),
    changes: z.array(device).meta({ description: 'Devices at first, and each time they changed.' }),
  })
  .meta({ title: 'edgekit devices watch', description: 'Output of edgekit devices watch --json.' })

export type DevicesWatchOutput = z.infer<typeof devicesWatchOutput>
