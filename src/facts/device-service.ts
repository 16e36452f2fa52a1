import { readHealth, type ServiceHealth } from '../devices/client/health.ts'
import { messageOf } from '../lib/errors.ts'
import { hostPort } from '../lib/format.ts'
import type { Node } from '../node/node.ts'
import { paths, units } from '../node/paths.ts'
import { isUnknown } from '../node/systemd.ts'
import type { Collector } from './collector.ts'

export interface DeviceServiceFacts {
  /** Why there is none: the service does not answer, or its settings have mistakes. */
  health: ServiceHealth | { failure: string }
  /** HOST:PORT of its broker, and where its database is; undefined when its settings have mistakes. */
  broker: string | undefined
  database: string | undefined
  /** The last lines of its log, without those of systemd. */
  log: string[]
}

/** Undefined on a node without the service. */
export const deviceService: Collector<DeviceServiceFacts | undefined> = {
  timeoutMs: 10_000,
  async collect(node) {
    const hasUnit = (await node.files.status(paths.devicesUnit)) !== undefined
    if (!hasUnit && isUnknown(await node.systemd.unit(units.devices))) return undefined
    const [lines, service] = await Promise.all([
      node.journal.lines(units.devices, { max: 10 }).catch(() => []),
      look(node).catch((error: unknown) => ({
        health: { failure: messageOf(error) },
        broker: undefined,
        database: undefined,
      })),
    ])
    return { ...service, log: lines.filter(({ pid }) => pid !== 1).map(({ text }) => text) }
  },
}

async function look({ files, network }: Node): Promise<Omit<DeviceServiceFacts, 'log'>> {
  // Only here: most nodes do not have the service, and its settings load zod.
  const { readServiceFiles, settingsWith } = await import('../devices/service-settings.ts')
  const { http, broker, databasePath } = settingsWith(await readServiceFiles(files))
  return {
    health: await readHealth(network, http).catch((error: unknown) => ({ failure: messageOf(error) })),
    broker: hostPort(broker.host, broker.port),
    database: databasePath,
  }
}
